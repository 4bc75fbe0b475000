//! Whether two declarations of one thing agree (ISO C11, section 6.2.7).

use super::parser::Parser;
use super::types::{Shape, Signature, Ty, as_int, resolved};
use super::value::{Float, Int};

/// How deep types are compared, and how many steps are taken; what is beyond is taken to agree.
const MAX_DEPTH: u32 = 60;
const MAX_STEPS: u32 = 20_000;

/// How far one comparison has come.
#[derive(Default)]
struct Extent {
    depth: u32,
    steps: u32,
}

impl Parser<'_> {
    /// Whether both can be the type of one function, variable or typedef, the first having been declared before.
    pub(super) fn is_compatible(&self, first: Ty, second: Ty) -> bool {
        self.agree(first, second, &mut Extent::default())
    }

    /// Whether two records are declared alike.
    pub(super) fn is_same_record(&self, first: usize, second: usize) -> bool {
        self.records_agree(first, second, &mut Extent::default())
    }

    /// Whether two enums are declared alike.
    pub(super) fn is_same_enum(&self, first: usize, second: usize) -> bool {
        let (a, b) = (&self.unit.enums[first], &self.unit.enums[second]);
        let members = a.members.iter().zip(&b.members);
        let is_unknown = a.problem.is_some() || b.problem.is_some();
        let is_alike = a.declared.name == b.declared.name && a.members.len() == b.members.len() && a.ty == b.ty;
        is_unknown || (is_alike && members.into_iter().all(|((a, value), (b, other))| a.name == b.name && value == other))
    }

    fn agree(&self, a: Ty, b: Ty, extent: &mut Extent) -> bool {
        let (a, b) = (resolved(&self.types, &self.unit, a), resolved(&self.types, &self.unit, b));
        // Qualifiers of an array are those of its elements.
        let is_array = matches!(self.types.shape(a.id), Shape::Array(..));
        (is_array || (a.is_const, a.is_volatile) == (b.is_const, b.is_volatile)) && self.shapes_agree(a, b, extent)
    }

    /// The same whatever the qualifiers.
    fn shapes_agree(&self, a: Ty, b: Ty, extent: &mut Extent) -> bool {
        let (a, b) = (resolved(&self.types, &self.unit, a), resolved(&self.types, &self.unit, b));
        if a == b || extent.depth >= MAX_DEPTH || extent.steps >= MAX_STEPS {
            return true;
        }
        extent.depth += 1;
        extent.steps += 1;
        let agree = match (self.types.shape(a.id), self.types.shape(b.id)) {
            // Nothing is known of one of them.
            (Shape::Opaque(opaque), _) | (_, Shape::Opaque(opaque)) if opaque.layout.is_none() => true,
            (Shape::Opaque(a), Shape::Opaque(b)) => a == b,
            (Shape::Void, Shape::Void) => true,
            (Shape::Int(a), Shape::Int(b)) => a == b,
            (Shape::Float(a), Shape::Float(b)) => a == b,
            (Shape::Pointer(a), Shape::Pointer(b)) => self.agree(*a, *b, extent),
            (Shape::Array(of, length), Shape::Array(other, long)) => {
                let is_as_long = length == long || length.is_none() || long.is_none();
                is_as_long && self.agree(of.with_qualifiers_of(a), other.with_qualifiers_of(b), extent)
            }
            (Shape::Function(a), Shape::Function(b)) => self.signatures_agree(a, b, extent),
            (Shape::Record(a), Shape::Record(b)) => self.records_agree(*a, *b, extent),
            (Shape::Enum(a), Shape::Enum(b)) => a == b || self.is_same_enum(*a, *b),
            (Shape::Enum(index), Shape::Int(int)) | (Shape::Int(int), Shape::Enum(index)) => {
                let found = &self.unit.enums[*index];
                found.ty == *int || found.unknown().is_some()
            }
            _ => false,
        };
        extent.depth -= 1;
        agree
    }

    fn records_agree(&self, first: usize, second: usize, extent: &mut Extent) -> bool {
        let (a, b) = (&self.unit.records[first], &self.unit.records[second]);
        if first == second || a.problem.is_some() || b.problem.is_some() {
            return true;
        }
        let key = |index: usize| {
            let record = &self.unit.records[index];
            (record.declared.name, record.is_union, record.is_complete, record.is_packed, record.pack, record.align, record.fields.len())
        };
        key(first) == key(second)
            && a.is_complete
            && a.fields.iter().zip(&b.fields).all(|(a, b)| {
                (a.declared.name, a.bits, a.align, a.is_packed) == (b.declared.name, b.bits, b.align, b.is_packed)
                    && self.agree(a.ty, b.ty, extent)
            })
    }

    fn signatures_agree(&self, a: &Signature, b: &Signature, extent: &mut Extent) -> bool {
        let convention = |signature: &Signature| signature.convention.filter(|convention| !self.is_own_convention(convention));
        if convention(a) != convention(b) || !self.shapes_agree(a.result, b.result, extent) {
            return false;
        }
        let is_untold = |signature: &Signature| signature.is_unprototyped && signature.params.is_empty();
        if is_untold(a) || is_untold(b) {
            let told = if is_untold(a) { b } else { a };
            // What is passed to it is promoted, which its parameters must not need.
            return told.is_unprototyped || (!told.is_variadic && told.params.iter().all(|param| !self.is_promoted(param.ty)));
        }
        // A definition without types in its brackets is narrowed by the prototype before it, as gcc has it.
        let is_narrowed = b.is_unprototyped && !a.is_unprototyped;
        let agree = |(a, b): (Ty, Ty), extent: &mut Extent| {
            (is_narrowed && self.is_promoted(a) && self.promotion_of(a) == self.promotion_of(b)) || self.shapes_agree(a, b, extent)
        };
        let params = a.params.iter().zip(&b.params).map(|(a, b)| (a.ty, b.ty));
        a.is_variadic == b.is_variadic && a.params.len() == b.params.len() && params.into_iter().all(|pair| agree(pair, extent))
    }

    /// Where no prototype says its type, an argument of this type is passed as another.
    pub(super) fn is_promoted(&self, ty: Ty) -> bool {
        match self.promotion_of(ty) {
            Some(Ok(int)) => as_int(&self.types, &self.unit, ty) != Some(int),
            Some(Err(_)) => matches!(self.shape(ty), Shape::Float(Float::Float)),
            None => false,
        }
    }

    /// What an argument of this type is passed as without a prototype, if it is a number (ISO C11, section 6.5.2.2).
    pub(super) fn promotion_of(&self, ty: Ty) -> Option<Result<Int, Float>> {
        match (as_int(&self.types, &self.unit, ty), self.shape(ty)) {
            (Some(int), _) => Some(Ok(int.promoted())),
            (None, Shape::Float(float)) => Some(Err((*float).max(Float::Double))),
            _ => None,
        }
    }
}
