//! The preview's server at a real socket: every row of `faults.md` about it, and what makes an open page current.

/// A preview that shows what a test tells it to, and the server before it.
mod stub;

/// A client that sends what a test writes, byte for byte.
mod client;

/// What is sent for an address: pages, files, redirects, errors, and the headers with them.
mod answers;

/// Addresses that want more than they may.
mod addresses;

/// Whom the server answers.
mod callers;

/// Parts of files, and files that the client has already.
mod parts;

/// Connections that dawdle, crowd, break off or lie.
mod connections;

/// What an open page is told.
mod live;
