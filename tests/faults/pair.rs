//! Two versions of a site, A and B, and the one folder into which both are published in turn, with files of somebody
//! else's in it. What each version must become is what a fresh build of it becomes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use tempfile::TempDir;

use crate::program::{build, run};
use crate::tree::{OWN, Tree};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    A,
    B,
}

impl Version {
    pub fn other(self) -> Version {
        match self {
            Version::A => Version::B,
            Version::B => Version::A,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Version::A => "a",
            Version::B => "b",
        }
    }
}

/// What stands in the output folder after a run that came to grief.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Old,
    /// A move was begun: whole files of either.
    Between,
    New,
}

/// Files of somebody else's. The last stands among the pages of an article that both versions have.
const FOREIGN: [(&str, &str); 3] =
    [("CNAME", "advice.example.org\n"), (".git/config", "[core]\n\tbare = false\n"), (BY_HAND, "Put here by hand.\n")];

/// What may stand in a folder before the first build.
const FOREIGN_AT_FIRST: usize = 2;

/// The file that somebody put into a folder of ours.
pub const BY_HAND: &str = "keep/notes.txt";

pub struct Pair {
    scratch: TempDir,
    fresh: [Tree; 2],
}

impl Pair {
    /// A handful of articles, files beside them, an alias, a theme's file, something that goes and something that comes;
    /// a folder that becomes a file, and a file that becomes a folder.
    pub fn small() -> Pair {
        let picture: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x40\0\0\0\x20\x08\x06\0\0\0";
        Pair::new(|version, root| {
            let (title, alias, words) = match version {
                Version::A => ("The old site", "/old/", "Words of the first version."),
                Version::B => ("The new site", "/former/", "Other words, and more of them than there were."),
            };
            write(root, "guidepost.yaml", &format!("title: {title}\nbase_url: https://example.org/\n"));
            write(
                root,
                "content/keep.md",
                &format!("---\ntitle: Kept\ndate: 2026-01-02\naliases: [{alias}]\n---\n{words}\n\n![Sizes](picture.png)\n"),
            );
            write(root, "content/same.md", "---\ntitle: Same\ndate: 2026-01-01\n---\nSee [the other](keep.md).\n");
            write(root, "content/handout.txt", words);
            write(root, "themes/default/assets/badge.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>");
            fs::write(root.join("content/picture.png"), picture).unwrap();
            match version {
                Version::A => {
                    write(root, "content/gone.md", "---\ntitle: Gone\ndate: 2026-01-03\n---\nNot for long.\n");
                    write(root, "content/turn/leaf.md", "---\ntitle: Leaf\n---\nIn a folder.\n");
                    write(root, "content/flip", "a file");
                }
                Version::B => {
                    write(root, "content/more/come.md", "---\ntitle: Come\ndate: 2026-01-04\n---\nNew here.\n");
                    write(root, "content/turn", "a file");
                    write(root, "content/flip/leaf.md", "---\ntitle: Leaf\n---\nIn a folder.\n");
                }
            }
        })
    }

    /// Many short articles, nearly all of whose pages change, some of which go, come, or stand where a file stood.
    pub fn large(articles: usize) -> Pair {
        Pair::new(|version, root| {
            write(root, "guidepost.yaml", &format!("title: Site {}\nbase_url: https://example.org/\n", version.name()));
            write(root, "content/keep.md", "---\ntitle: Kept\n---\nThe same in both.\n");
            let (gone, come) = (articles / 40, articles / 40);
            let numbers = match version {
                Version::A => 0..articles,
                Version::B => gone..articles + come,
            };
            let (folder, file) = match version {
                Version::A => ("turn", "flip"),
                Version::B => ("flip", "turn"),
            };
            for number in numbers {
                // Every twentieth article is in the folder that becomes a file, or in the one that was a file.
                let section = if number % 20 == 0 { folder.to_owned() } else { format!("section-{}", number % 20) };
                let (day, tag) = (1 + number % 28, number % 10);
                let text = format!(
                    "---\ntitle: Article {number}\ndate: 2026-01-{day:02}\ntags: [t{tag}]\n---\nA few words, {number}.\n"
                );
                write(root, &format!("content/{section}/article-{number}.md"), &text);
            }
            write(root, &format!("content/{file}"), "a file");
        })
    }

    /// Writes both versions and builds each of them once into an empty folder.
    fn new(write_version: impl Fn(Version, &Path)) -> Pair {
        let scratch = scratch();
        let fresh = [Version::A, Version::B].map(|version| {
            let root = scratch.path().join(version.name());
            write_version(version, &root);
            let output = scratch.path().join("fresh").join(version.name());
            run(&mut build(&root, &output)).assert_done();
            place_foreign(&output, FOREIGN.len());
            Tree::visible(&output)
        });
        write(scratch.path(), "broken/guidepost.yaml", "title: Broken\nbase_url: https://example.org/\n");
        write(scratch.path(), "broken/content/a.md", "---\ntitle: A\ndate: not a day\n---\n");
        let pair = Pair { scratch, fresh };
        pair.reset();
        pair
    }

    pub fn scratch(&self) -> &Path {
        self.scratch.path()
    }

    pub fn root(&self, version: Version) -> PathBuf {
        self.scratch.path().join(version.name())
    }

    pub fn output(&self) -> PathBuf {
        self.scratch.path().join("public")
    }

    /// The command that publishes a version.
    pub fn build(&self, version: Version) -> Command {
        build(&self.root(version), &self.output())
    }

    /// A command that would write into the folder and has nothing to publish, because an article has an error.
    pub fn rejected_build(&self) -> Command {
        build(&self.scratch.path().join("broken"), &self.output())
    }

    /// Publishes a version, for the test to begin from.
    pub fn publish(&self, version: Version) {
        run(&mut self.build(version)).assert_done();
    }

    /// What stands when a version is published, with the files of somebody else's.
    pub fn fresh(&self, version: Version) -> &Tree {
        &self.fresh[version as usize]
    }

    /// Whether the version stands exactly, and nothing of its making is left.
    pub fn check_published(&self, version: Version) -> Result<(), String> {
        Tree::visible(&self.output()).check(self.fresh(version))?;
        check_clean(&self.output())
    }

    /// The output folder as it is when a test begins: version A, and the files of somebody else's.
    pub fn reset(&self) {
        let _ = fs::remove_dir_all(self.output());
        self.publish(Version::A);
        place_foreign(&self.output(), FOREIGN.len());
    }

    /// Takes the site away, and leaves what somebody else may have in a folder before the first build.
    pub fn empty_output(&self) -> Tree {
        let _ = fs::remove_dir_all(self.output());
        place_foreign(&self.output(), FOREIGN_AT_FIRST);
        Tree::visible(&self.output())
    }

    /// What somebody else has in the folder, down to the time of its last change: nobody may so much as touch it.
    pub fn foreign(&self) -> Vec<(&'static str, String, SystemTime)> {
        let look = |path: &'static str| {
            let place = self.output().join(path);
            let text = fs::read_to_string(&place).ok()?;
            Some((path, text, place.metadata().unwrap().modified().unwrap()))
        };
        FOREIGN.iter().filter_map(|(path, _)| look(path)).collect()
    }
}

/// What stands after a run that failed or was killed on its way from one site to another: exactly one of the two or, if
/// a move was begun, whole files of either. Everything else is told as what is wrong.
pub fn standing(output: &Path, old: &Tree, new: &Tree) -> Result<Standing, String> {
    let found = Tree::visible(output);
    if is_move_begun(output) {
        return match found.wrong_between(old, new) {
            Some(wrong) => Err(format!("a move was begun, and {wrong}")),
            None => Ok(Standing::Between),
        };
    }
    match (found.check(old), found.check(new)) {
        (Ok(()), _) => Ok(Standing::Old),
        (_, Ok(())) => Ok(Standing::New),
        (Err(from_old), Err(from_new)) => {
            Err(format!("no move was begun, and this is neither the old site ({from_old}) nor the new one ({from_new})"))
        }
    }
}

/// Whether a build was stopped while it moved files into place.
pub fn is_move_begun(output: &Path) -> bool {
    output.join(OWN).join("commit").exists()
}

/// Whether Guidepost's own folder holds no more than the list of its files and the lock.
pub fn check_clean(output: &Path) -> Result<(), String> {
    let tree = Tree::of(&output.join(OWN));
    let left: Vec<&str> = tree.paths().filter(|path| !path.contains('/') && !matches!(*path, "manifest" | "lock")).collect();
    if left.is_empty() { Ok(()) } else { Err(format!("{left:?} is left")) }
}

/// An empty folder, in memory if there is room: a folder there is many times as fast as one on a disk.
pub fn scratch() -> TempDir {
    let memory = Path::new("/dev/shm");
    if free_space(memory).is_some_and(|kilobytes| kilobytes > 512 * 1024) {
        tempfile::tempdir_in(memory).unwrap()
    } else {
        tempfile::tempdir().unwrap()
    }
}

/// In kilobytes; none where it cannot be told.
fn free_space(folder: &Path) -> Option<u64> {
    let told = Command::new("df").args(["-k", "-P"]).arg(folder).output().ok()?;
    String::from_utf8(told.stdout).ok()?.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()
}

pub fn write(root: &Path, path: &str, text: &str) {
    let place = root.join(path);
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    fs::write(place, text).unwrap();
}

fn place_foreign(output: &Path, count: usize) {
    for (path, text) in &FOREIGN[..count] {
        write(output, path, text);
    }
}
