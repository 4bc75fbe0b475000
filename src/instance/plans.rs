//! Plans, one for each signature that functions are bound with.

use super::Instance;
use crate::error::Error;
use crate::invoke::Call;
use std::rc::Rc;

impl Instance {
    /// The number of the plan for a signature given as type numbers, and the plan itself.
    pub fn plan(&self, types: &[u32]) -> Result<(u32, Rc<Call>), Error> {
        let mut calls = self.calls.borrow_mut();
        if let Some(&number) = self.call_numbers.borrow().get(types) {
            return Ok((number, calls[number as usize].clone()));
        }
        let signature = self.types.borrow().signature(types)?;
        let call = Rc::new(Call::new(&signature, self.backend)?);
        let number = calls.len() as u32;
        calls.push(call.clone());
        self.call_numbers.borrow_mut().insert(types.into(), number);
        Ok((number, call))
    }
}
