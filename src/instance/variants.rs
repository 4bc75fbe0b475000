//! Variadic functions: each list of types that they are called with is a function of its own, a variant.

use super::{Bound, Instance};
use crate::error::Error;
use crate::invoke::Call;
use std::rc::Rc;

impl Instance {
    /// Binds a variadic function once more, for calls with arguments of these types (the result's first), of
    /// which its prototype names so many. Returns its number, and the plan, which lives as long as that.
    ///
    /// # Errors
    ///
    /// `ERR_LIBRARY_CLOSED`; those of [`Call::new`]; `ERR_CALL_FAILED` if there are too many functions.
    pub fn bind_variant(&self, function: u32, types: &[u32], named: u32) -> Result<(u32, Rc<Call>), Error> {
        let target = self.targets.get(function);
        if target.address.is_null() {
            return Err(self.closed_error(function));
        }
        let signature = self.types.borrow().signature(types)?.variadic(named as usize);
        let call = Rc::new(Call::new(&signature, self.backend)?);
        let variant = self.bound.borrow().get(function as usize).and_then(Option::as_ref).map(|bound| Bound {
            name: bound.name.clone(),
            library: bound.library.clone(),
            by_address: bound.by_address,
            variant_of: Some(function),
            call: call.clone(),
            text: bound.text,
        });
        let variant = variant.ok_or_else(|| self.closed_error(function))?;
        let number = self.bind(variant, target.address.addr())?;
        self.mark(number, target.marks);
        self.variants.borrow_mut().entry(function).or_default().push(number);
        Ok((number, call))
    }

    /// Makes a bound function and its variants throw `ERR_LIBRARY_CLOSED` from now on.
    pub fn close_bound(&self, number: u32) {
        // C may have come here by another addon, from this very function.
        self.hold_current();
        self.targets.shut(number);
        for &variant in self.variants.borrow().get(&number).into_iter().flatten() {
            self.targets.shut(variant);
        }
    }

    /// Forgets what is known of a number that is released, which may be a variant itself.
    pub(super) fn forget_variant(&self, number: u32, variant_of: Option<u32>) {
        let mut variants = self.variants.borrow_mut();
        variants.remove(&number);
        if let Some(siblings) = variant_of.and_then(|function| variants.get_mut(&function)) {
            siblings.retain(|&variant| variant != number);
        }
    }
}
