//! Whether a site is on a file system whose files change without this machine's knowing: another machine's disk.
//!
//! Linux says what is mounted where (proc(5), `/proc/pid/mountinfo`). Other systems give events for such file systems or
//! fail to, and then they say so.

use std::path::{Path, PathBuf};

use super::Blind;
use super::scope::{Scope, TREES};

/// Kinds of file systems that live on another machine, or on the host of a virtual one.
const REMOTE: [&str; 21] = [
    "9p",
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "coda",
    "davfs",
    "drvfs",
    "fakeowner",
    "fuse",
    "gfs2",
    "glusterfs",
    "lustre",
    "ncpfs",
    "nfs",
    "nfs4",
    "ocfs2",
    "prl_fs",
    "smb3",
    "smbfs",
    "vboxsf",
];

/// The first of a site's folders that is on such a file system.
pub(super) fn remote(scope: &Scope) -> Option<Blind> {
    let mounted = String::from_utf8_lossy(&fs_err::read("/proc/self/mountinfo").ok()?).into_owned();
    let mounts = read(&mounted);
    let place = |name: &str| scope.location(Path::new(name)).canonicalize().ok();
    let around = place("").and_then(|root| kind_around(&mounts, &root));
    let mut trees = TREES.into_iter().filter_map(place);
    let kind = around.or_else(|| trees.find_map(|tree| kind_around(&mounts, &tree).or_else(|| kind_within(&mounts, &tree))));
    kind.map(|kind| Blind::Remote(kind.to_owned()))
}

/// What is mounted, by place, with its kind; a later one hides an earlier one at the same place.
fn read(mountinfo: &str) -> Vec<(PathBuf, &str)> {
    let mount = |line| {
        let line: &str = line;
        let (before, after) = line.split_once(" - ")?;
        Some((PathBuf::from(unescaped(before.split(' ').nth(4)?)), after.split(' ').next()?))
    };
    mountinfo.lines().filter_map(mount).collect()
}

/// The kind of the file system that holds a folder, if it is remote.
fn kind_around<'a>(mounts: &[(PathBuf, &'a str)], folder: &Path) -> Option<&'a str> {
    let holders = mounts.iter().filter(|(place, _)| folder.starts_with(place));
    let (_, kind) = holders.max_by_key(|(place, _)| place.components().count())?;
    is_remote(kind).then_some(kind)
}

/// The kind of the first remote file system that is mounted somewhere in a folder.
fn kind_within<'a>(mounts: &[(PathBuf, &'a str)], folder: &Path) -> Option<&'a str> {
    let mut within = mounts.iter().filter(|(place, _)| place != folder && place.starts_with(folder));
    within.find(|(_, kind)| is_remote(kind)).map(|(_, kind)| *kind)
}

/// `fuse.sshfs` and its like are programs, most of which fetch files from elsewhere; `fuseblk` is a disk.
fn is_remote(kind: &str) -> bool {
    REMOTE.contains(&kind) || kind == "virtiofs" || kind.starts_with("fuse.")
}

/// Spaces and their like are written as `\040`.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = after.get(..3).filter(|_| first == b'\\').and_then(|digits| std::str::from_utf8(digits).ok());
        match code.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[3..];
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
        27 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n\
        30 27 0:40 / /home rw shared:1 master:2 - nfs4 server:/home rw\n\
        31 30 0:41 / /home/ann/My\\040Sites rw - ext4 /dev/vdb rw\n\
        32 27 0:42 / /srv/site/content/photos rw - fuse.sshfs ann@host:/photos rw\n\
        33 27 0:43 / /mnt/c rw - 9p drvfs rw\n\
        34 27 8:1 / /media/stick rw - fuseblk /dev/sdb1 rw\n\
        35 27 0:44 / /again rw - tmpfs none rw\n\
        36 27 0:45 / /again rw - cifs //host/share rw\n";

    #[test]
    fn the_innermost_mount_decides_and_a_remote_one_below_counts() {
        let mounts = read(MOUNTS);
        for (folder, expected) in [
            ("/data/site", None),
            ("/home/ann/site", Some("nfs4")),
            ("/homes/ann/site", None),
            ("/home/ann/My Sites/one", None),
            ("/srv/site/content/photos", Some("fuse.sshfs")),
            ("/srv/site/themes", None),
            ("/mnt/c/Users/ann/site", Some("9p")),
            ("/media/stick/site", None),
            ("/again", Some("cifs")),
        ] {
            assert_eq!(kind_around(&mounts, Path::new(folder)), expected, "{folder}");
        }
        assert_eq!(kind_around(&mounts, Path::new("/srv/site/content")), None);
        assert_eq!(kind_within(&mounts, Path::new("/srv/site/content")), Some("fuse.sshfs"));
        assert_eq!(kind_within(&mounts, Path::new("/srv/site/themes")), None);
    }

    #[test]
    fn lines_that_say_nothing_are_passed_over() {
        assert!(read("\nnonsense\n1 2 3 - ext4\n").is_empty());
        assert_eq!(unescaped("a\\040b\\11"), "a b\\11");
    }
}
