//! Results that C leaves in a register: where they are stored, and how entries return them.

use crate::frame::Frame;

/// A result in a register.
pub trait Result: Copy {
    /// What an entry returns for it, and where there is none the default.
    type Returned: From<Self> + Default;

    /// Leaves it where [`crate::plan`] says results are.
    ///
    /// # Safety
    ///
    /// The frame is allocated.
    unsafe fn store(self, frame: *mut Frame);
}

impl Result for u64 {
    type Returned = u64;

    #[inline(always)]
    unsafe fn store(self, frame: *mut Frame) {
        // SAFETY: as the caller says.
        unsafe { (*frame).int_results[0] = self };
    }
}

/// An address that is returned as a double; one that is no safe integer as [`Address::OTHER`].
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Address(u64);

impl Address {
    /// What is returned for those that are only in the frame. No address is below 0.
    pub const OTHER: f64 = -1.0;
    /// Safe integers have so many bits.
    pub const BITS: u32 = f64::MANTISSA_DIGITS;
}

impl Result for Address {
    type Returned = f64;

    #[inline(always)]
    unsafe fn store(self, frame: *mut Frame) {
        // SAFETY: as the caller says.
        unsafe { self.0.store(frame) };
    }
}

impl From<Address> for f64 {
    #[inline(always)]
    fn from(Address(address): Address) -> f64 {
        // As signed, which takes less; it makes no difference to these.
        if address >> Address::BITS == 0 { address as i64 as f64 } else { Address::OTHER }
    }
}

impl Result for f64 {
    type Returned = f64;

    #[inline(always)]
    unsafe fn store(self, frame: *mut Frame) {
        // SAFETY: as the caller says.
        unsafe { (*frame).float_results[0] = self.to_bits() };
    }
}

/// That of what leaves its results in the frame itself.
impl Result for () {
    type Returned = ();

    #[inline(always)]
    unsafe fn store(self, _frame: *mut Frame) {}
}
