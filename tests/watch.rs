//! Watching a site: how editors and other programs save, as the system calls they make, and what must be noticed of it.
//!
//! What is asserted is which paths are named and in how many batches, by events and by looking alike.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use guidepost::watch::{Changes, How, Watch};

use crate::support::TestSite;

/// Far more than anything takes; nothing waits for it but a test that fails.
const PATIENCE: Duration = Duration::from_secs(20);

const WAYS: [How; 2] = [How::Events, How::Poll(Duration::from_millis(20))];

/// A site under watch.
struct Watched {
    site: TestSite,
    watch: Watch,
}

impl Watched {
    /// With two articles in `content/`, one in a folder of its own, and a theme.
    fn new(how: How) -> Watched {
        let site = TestSite::new(&[
            ("content/a.md", "# The first\n\nAs it was.\n"),
            ("content/talks/b.md", "# The second\n"),
            ("themes/mine/templates/page.html", "{{ page.title }}"),
        ]);
        Watched::of(site, how)
    }

    fn of(site: TestSite, how: How) -> Watched {
        let (watch, notices) = Watch::start(site.root(), how).unwrap();
        assert!(notices.is_empty(), "{notices:?}");
        Watched { site, watch }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.site.path(path)
    }

    /// Every path that is named until a file that is written now, last of all, has been named; `None` for everything.
    fn named(&self) -> Option<BTreeSet<String>> {
        const LAST: &str = "content/zzz-last.md";
        self.site.write(LAST, "# Last\n");
        let mut named = BTreeSet::new();
        loop {
            match self.watch.next(PATIENCE).expect("the last file is noticed") {
                Changes::Everything => return None,
                Changes::Paths(paths) => {
                    let below = |path: &PathBuf| path.strip_prefix(self.site.root()).unwrap().to_string_lossy().into_owned();
                    named.extend(paths.iter().map(below));
                }
            }
            if named.remove(LAST) {
                return Some(named);
            }
        }
    }

    /// Waits for a batch that is everything, or one that names a path. What another names may have come in two batches.
    fn wait_for(&self, wanted: Option<&str>) {
        loop {
            match (self.watch.next(PATIENCE).unwrap_or_else(|| panic!("{wanted:?} went unnoticed")), wanted) {
                (Changes::Everything, None) => return,
                (Changes::Paths(paths), Some(wanted)) if paths.contains(&self.path(wanted)) => return,
                (Changes::Everything, Some(wanted)) => panic!("everything, where it was {wanted}"),
                (Changes::Paths(_), _) => {}
            }
        }
    }
}

/// What is done to a site, and the paths that must be named for it, others only if they are in one of these.
#[track_caller]
fn notices(action: impl Fn(&Watched), expected: &[&str]) {
    for how in WAYS {
        let watched = Watched::new(how);
        action(&watched);
        let named = watched.named().unwrap_or_else(|| panic!("{how:?}: everything, where it was {expected:?}"));
        for path in expected {
            assert!(named.contains(*path), "{how:?}: {path} is not among {named:?}");
        }
        for path in &named {
            assert!(expected.iter().any(|one| Path::new(path).starts_with(one)), "{how:?}: {path} is named");
        }
    }
}

#[track_caller]
fn everything(action: impl Fn(&Watched)) {
    for how in WAYS {
        let watched = Watched::new(how);
        action(&watched);
        watched.wait_for(None);
    }
}

#[test]
fn a_file_written_in_place_is_noticed() {
    // VS Code, nano, Notepad, `echo >`: truncated and written.
    notices(|site| fs::write(site.path("content/a.md"), "# The first, again\n").unwrap(), &["content/a.md"]);
    // `>>`
    notices(
        |site| File::options().append(true).open(site.path("content/a.md")).unwrap().write_all(b"More.\n").unwrap(),
        &["content/a.md"],
    );
    notices(|site| fs::write(site.path("guidepost.yaml"), "title: Another\n").unwrap(), &["guidepost.yaml"]);
    let template = "themes/mine/templates/page.html";
    notices(|site| fs::write(site.path(template), "{{ title }}").unwrap(), &[template]);
}

#[test]
fn vim_saves_are_noticed() {
    // A probe, the old file renamed to a backup, the new one written, the backup unlinked.
    notices(
        |site| {
            let (file, backup) = (site.path("content/a.md"), site.path("content/a.md~"));
            fs::write(site.path("content/.a.md.swp"), "b0VIM").unwrap();
            fs::write(site.path("content/4913"), "").unwrap();
            fs::remove_file(site.path("content/4913")).unwrap();
            fs::rename(&file, &backup).unwrap();
            fs::write(&file, "# From vim\n").unwrap();
            fs::remove_file(&backup).unwrap();
        },
        &["content/a.md"],
    );
    // `backupcopy=yes`: the backup is a copy, and the file is written in place.
    notices(
        |site| {
            fs::copy(site.path("content/a.md"), site.path("content/a.md~")).unwrap();
            fs::write(site.path("content/a.md"), "# From vim, in place\n").unwrap();
            fs::remove_file(site.path("content/a.md~")).unwrap();
        },
        &["content/a.md"],
    );
}

#[cfg(unix)]
#[test]
fn emacs_saves_are_noticed() {
    notices(
        |site| {
            let file = site.path("content/a.md");
            std::os::unix::fs::symlink("ann@desk.4711:1795348800", site.path("content/.#a.md")).unwrap();
            fs::write(site.path("content/#a.md#"), "autosaved").unwrap();
            fs::rename(&file, site.path("content/a.md~")).unwrap();
            fs::write(&file, "# From Emacs\n").unwrap();
            fs::remove_file(site.path("content/.#a.md")).unwrap();
            fs::remove_file(site.path("content/#a.md#")).unwrap();
        },
        &["content/a.md"],
    );
}

#[test]
fn saves_by_renaming_a_new_file_into_place_are_noticed() {
    // JetBrains, `sed -i`, gedit and GLib, rsync: the names of their temporary files.
    for temporary in ["a.md___jb_tmp___", "sedkU4J9q.tmp", ".goutputstream-2CXXD3", ".a.md.Xf3k9Q"] {
        notices(
            |site| {
                let new = site.path("content").join(temporary);
                fs::write(&new, format!("# By way of {temporary}\n")).unwrap();
                fs::rename(&new, site.path("content/a.md")).unwrap();
            },
            &["content/a.md"],
        );
    }
    // `sed -i` names its file without any ending, so that it looks like one of the site for a moment.
    for how in WAYS {
        let site = Watched::new(how);
        fs::write(site.path("content/sedkU4J9q"), "# From sed\n").unwrap();
        fs::rename(site.path("content/sedkU4J9q"), site.path("content/a.md")).unwrap();
        assert!(site.named().unwrap().contains("content/a.md"), "{how:?}");
    }
    // The settings too, whose folder is watched alone.
    notices(
        |site| {
            fs::write(site.path("guidepost.yaml.tmp"), "title: Renamed\n").unwrap();
            fs::rename(site.path("guidepost.yaml.tmp"), site.path("guidepost.yaml")).unwrap();
        },
        &["guidepost.yaml"],
    );
}

#[test]
fn files_that_come_and_go_are_noticed() {
    notices(|site| fs::remove_file(site.path("content/a.md")).unwrap(), &["content/a.md"]);
    notices(|site| fs::write(site.path("content/new.png"), "").unwrap(), &["content/new.png"]);
    notices(
        |site| fs::rename(site.path("content/a.md"), site.path("content/talks/c.md")).unwrap(),
        &["content/a.md", "content/talks/c.md"],
    );
    notices(|site| fs::remove_file(site.path("guidepost.yaml")).unwrap(), &["guidepost.yaml"]);
}

#[test]
fn a_folder_that_comes_is_named_itself_and_then_watched() {
    let made = |site: &Watched| {
        fs::create_dir_all(site.path("content/x/y/z")).unwrap();
        fs::write(site.path("content/x/y/z/deep.md"), "# Deep\n").unwrap();
    };
    notices(made, &["content/x"]);
    let moved_in = |site: &Watched| {
        let outside = tempfile::tempdir_in(site.site.root()).unwrap();
        fs::create_dir_all(outside.path().join("x/y")).unwrap();
        fs::write(outside.path().join("x/y/deep.md"), "# Deep\n").unwrap();
        fs::rename(outside.path().join("x"), site.path("content/x")).unwrap();
    };
    notices(moved_in, &["content/x"]);
    for how in WAYS {
        let site = Watched::new(how);
        made(&site);
        site.named();
        fs::write(site.path("content/x/y/z/deep.md"), "# Deep, and another\n").unwrap();
        fs::write(site.path("content/x/y/late.md"), "# Late\n").unwrap();
        let later = ["content/x/y/late.md", "content/x/y/z/deep.md"].map(str::to_owned);
        fs::remove_file(site.path("content/zzz-last.md")).unwrap();
        let named = site.named().unwrap();
        assert!(later.iter().all(|path| named.contains(path)), "{how:?}: {named:?}");
    }
}

#[test]
fn a_folder_that_goes_is_named_itself() {
    notices(|site| fs::remove_dir_all(site.path("content/talks")).unwrap(), &["content/talks"]);
    notices(
        |site| fs::rename(site.path("content/talks"), site.path("content/speeches")).unwrap(),
        &["content/talks", "content/speeches"],
    );
    notices(|site| fs::rename(site.path("content/talks"), site.path("talks")).unwrap(), &["content/talks"]);
    for how in WAYS {
        let site = Watched::new(how);
        fs::rename(site.path("content/talks"), site.path("content/speeches")).unwrap();
        site.named();
        fs::remove_file(site.path("content/zzz-last.md")).unwrap();
        fs::write(site.path("content/speeches/b.md"), "# Where it is now\n").unwrap();
        assert!(site.named().unwrap().contains("content/speeches/b.md"), "{how:?}");
    }
}

#[test]
fn folders_on_which_all_depends_are_everything() {
    everything(|site| fs::rename(site.path("content"), site.path("articles")).unwrap());
    everything(|site| fs::remove_dir_all(site.path("themes")).unwrap());
    for how in WAYS {
        let site = Watched::new(how);
        fs::rename(site.path("content"), site.path("articles")).unwrap();
        site.wait_for(None);
        fs::rename(site.path("articles"), site.path("content")).unwrap();
        site.wait_for(None);
        fs::write(site.path("content/talks/b.md"), "# Back again\n").unwrap();
        assert!(site.named().unwrap().contains("content/talks/b.md"), "{how:?}");
    }
}

#[test]
fn publishing_reading_and_litter_are_silent() {
    notices(
        |site| {
            site.site.write("content/.git/index", "litter");
            site.site.write("themes/mine/node_modules/x/y.js", "litter");
            site.site.write(".git/HEAD", "ref: refs/heads/main");
            site.site.write("notes.md", "# Not an article\n");
            fs::read(site.path("content/a.md")).unwrap();
            fs::read_dir(site.path("content/talks")).unwrap().count();
        },
        &[],
    );
    for how in WAYS {
        let site = Watched::of(TestSite::new(&[("content/a.md", "# A\n"), ("content/.hidden/b.md", "# B\n")]), how);
        let tally = site.site.publish().unwrap();
        assert!(tally.written > 0);
        fs::write(site.path("content/.hidden/b.md"), "# Still hidden\n").unwrap();
        assert_eq!(site.named(), Some(BTreeSet::new()), "{how:?}");
    }
}

#[cfg(unix)]
#[test]
fn rights_are_noticed() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |site: &Watched, mode| fs::set_permissions(site.path("content/a.md"), fs::Permissions::from_mode(mode)).unwrap();
    notices(|site| mode(site, 0o600), &["content/a.md"]);
}

#[cfg(unix)]
#[test]
fn what_is_at_the_end_of_a_link_is_noticed() {
    use std::os::unix::fs::symlink;
    let elsewhere = tempfile::tempdir().unwrap();
    for (number, how) in WAYS.into_iter().enumerate() {
        let (settings, articles) =
            (elsewhere.path().join(format!("{number}.yaml")), elsewhere.path().join(format!("articles-{number}")));
        fs::write(&settings, "title: Elsewhere\nbase_url: https://example.org/\n").unwrap();
        fs::create_dir(&articles).unwrap();
        fs::write(articles.join("a.md"), "# A\n").unwrap();
        fs::create_dir(articles.join(".drafts")).unwrap();
        fs::write(articles.join(".drafts/b.md"), "# B\n").unwrap();
        symlink(".drafts/b.md", articles.join("b.md")).unwrap();
        let site = TestSite::new(&[]);
        fs::remove_dir(site.path("content")).unwrap();
        fs::remove_file(site.path("guidepost.yaml")).unwrap();
        symlink(&articles, site.path("content")).unwrap();
        symlink(&settings, site.path("guidepost.yaml")).unwrap();
        let site = Watched::of(site, how);

        fs::write(articles.join("a.md"), "# A, seen through a link\n").unwrap();
        site.wait_for(Some("content/a.md"));
        fs::write(articles.join(".drafts/b.md"), "# B, seen through a link\n").unwrap();
        site.wait_for(Some("content/b.md"));
        fs::write(&settings, "title: Changed there\nbase_url: https://example.org/\n").unwrap();
        site.wait_for(Some("guidepost.yaml"));
        let other = elsewhere.path().join(format!("other-{number}"));
        fs::create_dir(&other).unwrap();
        fs::write(other.join("a.md"), "# A of the others\n").unwrap();
        fs::rename(&articles, elsewhere.path().join(format!("old-{number}"))).unwrap();
        fs::rename(&other, &articles).unwrap();
        site.wait_for(None);
        fs::write(articles.join("a.md"), "# A of the others, changed\n").unwrap();
        assert!(site.named().unwrap().contains("content/a.md"), "{how:?}");
    }
}

#[test]
fn thousands_of_files_at_once_are_a_batch_or_two() {
    for how in WAYS {
        let site = Watched::new(how);
        let mut mirror = Mirror::new(&site);
        for number in 0..5000 {
            site.site.write(&format!("content/{}/{number}.md", number % 50), &format!("# {number}\n"));
        }
        let mut batches = 0;
        while !mirror.is_true() {
            mirror.follow(&site.watch.next(PATIENCE).expect("another batch"));
            batches += 1;
        }
        assert!(batches <= 3, "{how:?}: {batches} batches");
    }
}

#[test]
fn a_folder_that_is_no_site_yet_can_be_watched_and_one_that_is_not_there_cannot() {
    let folder = tempfile::tempdir().unwrap();
    assert!(Watch::start(&folder.path().join("nowhere"), How::Events).is_err());
    for how in WAYS {
        let (watch, _) = Watch::start(folder.path(), how).unwrap();
        assert_eq!(watch.next(Duration::ZERO), None);
        fs::create_dir(folder.path().join("content")).unwrap();
        assert_eq!(watch.next(PATIENCE), Some(Changes::Everything), "{how:?}");
        fs::remove_dir(folder.path().join("content")).unwrap();
    }
}

/// What somebody knows of a site who looks only where batches tell to look.
struct Mirror {
    root: PathBuf,
    known: BTreeMap<PathBuf, Vec<u8>>,
}

impl Mirror {
    fn new(site: &Watched) -> Mirror {
        let mut mirror = Mirror { root: site.site.root().to_owned(), known: BTreeMap::new() };
        mirror.look(&mirror.root.join("content"));
        mirror
    }

    fn follow(&mut self, changes: &Changes) {
        match changes {
            Changes::Everything => self.look(&self.root.join("content")),
            Changes::Paths(paths) => paths.iter().for_each(|path| self.look(path)),
        }
    }

    fn look(&mut self, path: &Path) {
        self.known.retain(|known, _| !known.starts_with(path));
        if path.is_dir() {
            self.known.extend(contents(path));
        } else if let Ok(bytes) = fs::read(path) {
            self.known.insert(path.to_owned(), bytes);
        }
    }

    fn is_true(&self) -> bool {
        self.known == contents(&self.root.join("content"))
    }
}

/// Every file below a folder with what it says; what goes while it is looked at is not there.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut contents = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(current) = folders.pop() {
        for path in fs::read_dir(&current).into_iter().flatten().flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(bytes) = fs::read(&path) {
                contents.insert(path, bytes);
            }
        }
    }
    contents
}

/// Does one thing to the articles, chosen by the number: folders and files come, change, move and go. No two texts are
/// of one length, because a look does not tell apart what was written within one tick of the clock at the same length.
fn meddle(content: &Path, number: u64, step: usize) {
    let name = |part: u64| format!("{}", part % 4);
    let folder = content.join(name(number >> 8)).join(name(number >> 12));
    let file = folder.join(format!("{}.md", name(number >> 16)));
    let other = content.join(name(number >> 20));
    // What is not there cannot be moved or removed: then nothing happens.
    let _ = match number % 8 {
        0..=2 => fs::create_dir_all(&folder).and_then(|()| fs::write(&file, format!("# {number}{}\n", "!".repeat(step)))),
        3 => fs::remove_file(&file),
        4 => fs::rename(&folder, other.join("moved")),
        5 => fs::remove_dir_all(&folder),
        6 => fs::rename(&file, other.join("moved.md")),
        _ => fs::rename(content.join(name(number >> 24)), &other),
    };
}

/// Whatever happens, and however it falls together with the watching: whoever looks only where he is told knows all.
#[test]
fn whoever_follows_the_batches_knows_the_site() {
    for how in WAYS {
        for round in 0..6_u64 {
            let site = Watched::new(how);
            let mut mirror = Mirror::new(&site);
            let content = site.path("content");
            let meddler = std::thread::spawn(move || {
                // Numbers by chance, the same in every run: a multiplier and addend of Knuth's.
                let mut number = round;
                for step in 0..400 {
                    number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    meddle(&content, number >> 20, step);
                    if step % 97 == 0 {
                        std::thread::sleep(Duration::from_millis(25));
                    }
                }
            });
            let mut last = None;
            while !meddler.is_finished() {
                if let Some(changes) = site.watch.next(Duration::from_millis(5)) {
                    mirror.follow(&changes);
                    last = Some(match last.take() {
                        Some(before) => changes.and(before),
                        None => changes,
                    });
                }
            }
            meddler.join().unwrap();
            while !mirror.is_true() {
                // Whoever looks reads the batches once more: see `Watch::pause`.
                let again = site.watch.pause().and(last.take());
                let changes = again.or_else(|| site.watch.next(PATIENCE));
                mirror.follow(&changes.unwrap_or_else(|| panic!("{how:?}, round {round}: something went unnoticed")));
            }
        }
    }
}
