//! What a process takes from itself, for good: memory and processor time beyond a limit, new privileges, the network.
//! The helper process of an isolate does so before it opens a library.

pub mod limits;
pub mod sandbox;

use crate::error::{Code, Error};

/// What a process is to do without. All of it holds for every thread of the process, and cannot be taken back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Confinement {
    /// How many bytes of address space it may take beyond what it has now.
    pub memory: Option<u64>,
    /// How many seconds of processor time it may use beyond what it has used.
    pub cpu_seconds: Option<u64>,
    /// No program that it starts has more privileges than it has.
    pub no_new_privileges: bool,
    /// No sockets but those between processes of this machine.
    pub no_network: bool,
}

impl Confinement {
    /// Takes from this process what it is to do without: all of it, or an error.
    ///
    /// # Errors
    ///
    /// `ERR_CALL_FAILED` when the system has not what is asked for, or refuses it. What came before it is in force.
    pub fn enforce(self) -> Result<(), Error> {
        if self.no_new_privileges {
            sandbox::forbid_new_privileges().map_err(cannot("forbid itself new privileges"))?;
        }
        if self.no_network {
            sandbox::forbid_network().map_err(cannot("forbid itself the network"))?;
        }
        if let Some(seconds) = self.cpu_seconds {
            limits::limit_cpu(seconds).map_err(cannot("limit its processor time"))?;
        }
        // The last one: what comes after may not find memory.
        if let Some(bytes) = self.memory {
            limits::limit_memory(bytes).map_err(cannot("limit its memory"))?;
        }
        Ok(())
    }
}

fn cannot(what: &str) -> impl FnOnce(String) -> Error {
    move |reason| Error::new(Code::CallFailed, format!("this process cannot {what}: {reason}"))
}
