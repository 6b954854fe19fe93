//! Ctrl-C and the request to end: the work is told to stop, so that nothing half done is left behind.
//!
//! A second one ends the program at once; what it leaves, the next build tidies up.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// What the program was asked while it works.
#[derive(Debug, Clone, Default)]
pub struct Interrupt {
    /// The number of the signal that came; 0 as long as none did.
    signal: Arc<AtomicUsize>,
}

impl Interrupt {
    /// From here on signals do not end the program but are noted.
    pub fn listen() -> io::Result<Interrupt> {
        let interrupt = Interrupt::default();
        let came = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            flag::register_conditional_shutdown(signal, exit_code(signal as usize).into(), came.clone())?;
            flag::register(signal, came.clone())?;
            flag::register_usize(signal, interrupt.signal.clone(), signal as usize)?;
        }
        Ok(interrupt)
    }

    /// Other than 0 once the work shall stop.
    pub fn flag(&self) -> Arc<AtomicUsize> {
        self.signal.clone()
    }

    /// Whether a signal came.
    pub fn is_asked(&self) -> bool {
        self.signal.load(Ordering::Relaxed) != 0
    }

    /// The exit code that shells expect: 130 after Ctrl-C, 143 after a request to end.
    pub fn code(&self) -> u8 {
        exit_code(self.signal.load(Ordering::Relaxed))
    }
}

/// 128 and the number of the signal (POSIX, 2.8.2 Exit Status for Commands).
fn exit_code(signal: usize) -> u8 {
    128_u8.saturating_add(signal as u8)
}
