//! A stream worked through on all cores: more of it than memory holds may come, and what comes out is in order.
//!
//! What is read and what is done with it is the caller's business.

use std::sync::mpsc::sync_channel;

use rayon::prelude::*;

/// So many wait to be worked on, at most.
const AHEAD: usize = 2;

/// Reads batches until there are no more, works on the items of each on all threads, and hands on what comes of them, in
/// the order in which they were read. `read` runs on a thread of its own, a little ahead.
pub fn in_batches<T: Send, R: Send>(
    mut read: impl FnMut() -> Option<Vec<T>> + Send,
    work: impl Fn(T) -> R + Sync,
    mut take: impl FnMut(R),
) {
    let (sender, receiver) = sync_channel::<Vec<T>>(AHEAD);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            while let Some(batch) = read() {
                if sender.send(batch).is_err() {
                    break;
                }
            }
        });
        for batch in receiver {
            let worked: Vec<R> = batch.into_par_iter().map(&work).collect();
            worked.into_iter().for_each(&mut take);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_out_is_in_order() {
        let mut batches = (0..50).map(|batch| (batch * 10..batch * 10 + 10).collect::<Vec<u32>>());
        let mut out = Vec::new();
        in_batches(|| batches.next(), |number| number * 2, |number| out.push(number));
        assert_eq!(out, (0..500).map(|number| number * 2).collect::<Vec<u32>>());
    }
}
