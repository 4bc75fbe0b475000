use super::*;
use crate::ctype::CType::*;

fn member(ctype: CType) -> MemberSpec {
    MemberSpec { ty: Type::Scalar(ctype), align: 0, width: None, is_named: true, is_flexible: false }
}

fn field(ctype: CType, width: u32) -> MemberSpec {
    MemberSpec { width: Some(width), ..member(ctype) }
}

fn lay_out(members: Vec<MemberSpec>, pack: u32, align: u32, rules: Rules) -> Record {
    Record::new(RecordSpec { is_union: false, pack, align, members }, rules).unwrap()
}

fn places(record: &Record) -> Vec<(u32, Option<u32>)> {
    record.members.iter().map(|member| (member.offset, member.bits.map(|bits| bits.first))).collect()
}

#[test]
fn members_are_aligned_and_the_end_is_padded() {
    let record = lay_out(vec![member(I8), member(I32), member(I8)], 0, 0, Rules::Sysv64);
    assert_eq!(places(&record), [(0, None), (4, None), (8, None)]);
    assert_eq!((record.size, record.align, record.is_plain), (12, 4, true));
}

#[test]
fn pack_lowers_and_align_raises() {
    let packed = lay_out(vec![member(I8), member(F64)], 2, 0, Rules::Sysv64);
    assert_eq!((packed.members[1].offset, packed.size, packed.align, packed.is_plain), (2, 10, 2, false));
    let raised = lay_out(vec![member(I8), MemberSpec { align: 16, ..member(I8) }], 0, 32, Rules::Sysv64);
    assert_eq!((raised.members[1].offset, raised.size, raised.align, raised.member_align), (16, 32, 32, 16));
}

#[test]
fn a_member_that_asks_for_more_room_than_its_type_is_not_plain() {
    let moved = lay_out(vec![member(I32), member(I16), MemberSpec { align: 4, ..member(U8) }], 0, 0, Rules::Sysv64);
    assert_eq!((moved.members[2].offset, moved.align, moved.is_plain), (8, 4, false));
    let same = lay_out(vec![member(I32), MemberSpec { align: 4, ..member(U8) }], 0, 0, Rules::Sysv64);
    assert!(same.is_plain);
}

#[test]
fn bit_fields_share_units_unless_they_would_cross_one() {
    let record = lay_out(vec![field(U32, 5), field(U32, 28), field(U8, 3)], 0, 0, Rules::Sysv64);
    assert_eq!(places(&record), [(0, Some(0)), (4, Some(0)), (7, Some(4))].map(|(a, b)| (a, b)));
    assert_eq!(record.size, 8);
    let packed = lay_out(vec![field(U32, 5), field(U32, 28)], 1, 0, Rules::Sysv64);
    assert_eq!((packed.members[1].offset, packed.size), (0, 5));
}

#[test]
fn unnamed_bit_fields_align_the_record_on_arm_only() {
    let members = || vec![member(U8), MemberSpec { is_named: false, ..field(U32, 3) }];
    assert_eq!(lay_out(members(), 0, 0, Rules::Sysv64).align, 1);
    assert_eq!(lay_out(members(), 0, 0, Rules::Aapcs64).align, 4);
}

#[test]
fn bit_fields_without_width_are_not_packed() {
    let members = || vec![field(U8, 3), MemberSpec { is_named: false, ..field(U64, 0) }, member(U8)];
    let record = lay_out(members(), 1, 0, Rules::Sysv64);
    assert_eq!((record.members[1].offset, record.size, record.align), (8, 9, 1));
    let on_arm = lay_out(members(), 1, 0, Rules::Aapcs64);
    assert_eq!((on_arm.members[1].offset, on_arm.size, on_arm.align), (8, 16, 8));
}

#[test]
fn microsofts_bit_fields_take_whole_units() {
    let record = lay_out(vec![field(U8, 3), field(U32, 5), field(U32, 27), field(U32, 1)], 0, 0, Rules::Microsoft);
    assert_eq!(places(&record), [(0, Some(0)), (4, Some(0)), (4, Some(5)), (8, Some(0))]);
    assert_eq!(record.size, 12);
}

#[test]
fn what_c_does_not_allow_is_refused() {
    let refused = |members, pack| Record::new(RecordSpec { is_union: false, pack, align: 0, members }, Rules::Sysv64).unwrap_err().code;
    assert_eq!(refused(vec![], 0), Code::InvalidArgType);
    assert_eq!(refused(vec![member(Void)], 0), Code::InvalidArgType);
    assert_eq!(refused(vec![field(F32, 3)], 0), Code::InvalidArgType);
    assert_eq!(refused(vec![field(U8, 9)], 0), Code::OutOfRange);
    assert_eq!(refused(vec![field(Bool, 2)], 0), Code::OutOfRange);
    assert_eq!(refused(vec![member(I32)], 3), Code::OutOfRange);
    let flexible = || MemberSpec { ty: Type::Array(Rc::new(Array::new(Type::Scalar(I32), 0).unwrap())), is_flexible: true, ..member(I32) };
    assert_eq!(refused(vec![flexible()], 0), Code::InvalidArgType);
    assert_eq!(refused(vec![flexible(), member(I8)], 0), Code::InvalidArgType);
    assert_eq!(Array::new(Type::Scalar(I64), 1 << 29).unwrap_err().code, Code::OutOfRange);
}

#[test]
fn unions_in_unions_have_few_different_scalars() {
    let mut ty = Type::Scalar(U8);
    for _ in 0..20 {
        let members = (0..50).map(|_| MemberSpec { ty: ty.clone(), ..member(U8) }).collect();
        let spec = RecordSpec { is_union: true, pack: 0, align: 0, members };
        let record = Record::new(spec, Rules::Sysv64).unwrap();
        assert_eq!(record.leaves.len(), 1);
        ty = Type::Record(Rc::new(record));
    }
}

#[test]
fn types_nest_up_to_a_depth() {
    let mut ty = Type::Scalar(I8);
    for _ in 0..MAX_DEPTH {
        ty = Type::Array(Rc::new(Array::new(ty, 1).unwrap()));
    }
    assert_eq!(Array::new(ty, 1).unwrap_err().code, Code::OutOfRange);
}

#[test]
fn floats_are_counted_record_by_record() {
    let of = |members: Vec<MemberSpec>, is_union| Record::new(RecordSpec { is_union, pack: 0, align: 0, members }, Rules::Aapcs64).unwrap();
    assert_eq!(of(vec![member(F32), member(F32), member(F32)], false).floats, Some((3, 4)));
    assert_eq!(of(vec![member(F32), member(F64)], false).floats, None);
    let unnamed = MemberSpec { is_named: false, ..field(U8, 4) };
    assert_eq!(of(vec![unnamed, member(F32)], true).floats, None);
    let padded = || Type::Record(Rc::new(of(vec![member(F32), MemberSpec { align: 8, ..member(F32) }], false)));
    let filled = || Type::Record(Rc::new(of(vec![member(F32), member(F32), member(F32), member(F32)], false)));
    assert_eq!(of(vec![MemberSpec { ty: filled(), ..member(F32) }], true).floats, Some((4, 4)));
    let parts = vec![MemberSpec { ty: filled(), ..member(F32) }, MemberSpec { ty: padded(), ..member(F32) }];
    assert_eq!(of(parts, true).floats, None);
}
