//! Output folders in which a site would do harm: refused with exit code 3, and nothing touched.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::pair::{scratch, write};
use crate::program::{Run, guidepost, run};
use crate::tree::{OWN, Tree};

/// A home folder with a project in it: `home/me/site`.
struct Home(TempDir);

impl Home {
    fn new() -> Home {
        let home = Home(scratch());
        let site = home.site();
        write(&site, "guidepost.yaml", "title: Site\nbase_url: https://example.org/\n");
        write(&site, "content/a.md", "---\ntitle: A\n---\nWords.\n");
        write(&site, "content/deep/b.md", "---\ntitle: B\n---\nWords.\n");
        write(&site, "themes/own/assets/own.css", "body {}");
        write(&site, ".git/config", "[core]\n");
        home
    }

    fn top(&self) -> &Path {
        self.0.path()
    }

    fn site(&self) -> PathBuf {
        self.top().join("home/me/site")
    }

    fn build_into(&self, output: &Path) -> Run {
        let mut command = guidepost(&self.site(), ["build", "--output"]);
        run(command.arg(output).env("HOME", self.top().join("home/me")))
    }

    /// Fails the test unless the folder is refused and not a name in the whole home is another.
    fn assert_refuses(&self, output: impl AsRef<Path>) {
        let output = output.as_ref();
        let before = Tree::of(self.top());
        let refused = self.build_into(output);
        assert_eq!(refused.code, Some(3), "{}: {refused:?}", output.display());
        assert_eq!(refused.errors(), 1, "{}: {refused:?}", output.display());
        Tree::of(self.top()).assert_is(&before, &format!("after {} was refused", output.display()));
    }
}

#[test]
fn a_site_is_not_published_into_or_above_its_own_files() {
    let home = Home::new();
    let below = ["content", "content/deep", "content/new/folder", "themes", "themes/own", "themes/new", ".git", ".git/new"];
    let above = ["", ".", "..", "../..", "../../.."];
    let crooked =
        ["public/../content", "content/../content/new", "missing/../content", "content/..", "public/../../site", "./././"];
    for output in below.iter().chain(&above).chain(&crooked) {
        home.assert_refuses(home.site().join(output));
    }
    // As one types it, from the site's folder.
    for output in ["content", ".", "..", "public/../content", "themes/own"] {
        home.assert_refuses(output);
    }
}

#[test]
fn a_site_is_not_published_over_a_home_or_the_whole_machine() {
    let home = Home::new();
    home.assert_refuses("/");
    assert!(!Path::new("/").join(OWN).exists());
    home.assert_refuses(home.top().join("home/me"));
    home.assert_refuses(home.top().join("home"));
    home.assert_refuses(home.site().join("../../me"));
    // A home that is nowhere near the site, and empty.
    let empty = home.top().join("elsewhere/home");
    fs::create_dir_all(&empty).unwrap();
    let mut command = guidepost(&home.site(), ["build", "--output"]);
    run(command.arg(&empty).env("HOME", &empty)).assert_fails(3, &["home"]);
    assert!(Tree::of(&empty).is_empty());
    // Another repository's own folder, and one in it.
    write(home.top(), "repository/.git/config", "[core]\n");
    home.assert_refuses(home.top().join("repository/.git"));
    home.assert_refuses(home.top().join("repository/.git/hooks"));
}

#[test]
fn a_link_is_what_it_leads_to() {
    let home = Home::new();
    let site = home.site();
    let links = [
        ("to-content", site.join("content")),
        ("to-site", site.clone()),
        ("to-home", home.top().join("home/me")),
        ("to-root", PathBuf::from("/")),
        ("to-git", site.join(".git")),
    ];
    for (name, target) in &links {
        symlink(target, site.join(name)).unwrap();
    }
    for (name, _) in &links {
        home.assert_refuses(site.join(name));
    }
    for below in ["to-content/deep", "to-content/new", "to-site/content", "to-git/new", "to-content/../content"] {
        home.assert_refuses(site.join(below));
    }
    // A site that is itself reached by a link.
    symlink(&site, home.top().join("by-link")).unwrap();
    let before = Tree::of(home.top());
    let mut command = guidepost(&home.top().join("by-link"), ["build", "--output", "../site/content"]);
    run(&mut command).assert_fails(3, &["content"]);
    run(guidepost(&home.top().join("by-link"), ["build", "--output"]).arg(site.join("content"))).assert_fails(3, &["content"]);
    Tree::of(home.top()).assert_is(&before, "after a site behind a link was refused");
}

/// Articles may live elsewhere. What is above them is not a place to publish into, even if nothing else is there.
#[test]
fn articles_that_live_elsewhere_are_not_published_over() {
    for articles in ["elsewhere/articles", "elsewhere/deep/articles", "elsewhere/.notes/articles"] {
        for linked in ["content", "themes"] {
            let home = Home::new();
            let (link, target) = (home.site().join(linked), home.top().join(articles));
            fs::create_dir_all(target.parent().unwrap()).unwrap();
            fs::rename(&link, &target).unwrap();
            symlink(&target, &link).unwrap();
            home.assert_refuses(&target);
            home.assert_refuses(target.join("new"));
            home.assert_refuses(target.parent().unwrap());
            home.assert_refuses(home.top().join("elsewhere"));
        }
    }
}

#[test]
fn a_file_is_no_folder() {
    let home = Home::new();
    write(home.top(), "report.pdf", "years of work");
    home.assert_refuses(home.top().join("report.pdf"));
    let before = Tree::of(home.top());
    for below in ["report.pdf/public", "home/me/site/guidepost.yaml/public"] {
        let refused = home.build_into(&home.top().join(below));
        assert!(matches!(refused.code, Some(3 | 4)), "{refused:?}");
        refused.assert_says(&[below.rsplit_once('/').unwrap().0]);
    }
    // A link that leads nowhere is not made to lead somewhere.
    symlink(home.top().join("nowhere"), home.site().join("public")).unwrap();
    let refused = home.build_into(Path::new("public"));
    assert!(matches!(refused.code, Some(3 | 4)), "{refused:?}");
    refused.assert_says(&["public"]);
    fs::remove_file(home.site().join("public")).unwrap();
    Tree::of(home.top()).assert_is(&before, "after a file was refused");
}

#[test]
fn a_folder_full_of_somebody_elses_files_is_refused() {
    let home = Home::new();
    write(home.top(), "work/thesis.doc", "years of work");
    write(home.top(), "work/.git/config", "[core]\n");
    home.assert_refuses(home.top().join("work"));
}

#[test]
fn a_folder_of_its_own_is_taken_wherever_it_is() {
    let home = Home::new();
    symlink(home.top().join("server"), home.site().join("deployed")).unwrap();
    fs::create_dir(home.top().join("server")).unwrap();
    for output in ["public", "new/and/deep", "../beside", "deployed", "public/../other", "content-of-the-site"] {
        home.build_into(Path::new(output)).assert_done();
        assert!(home.site().join(output).join("index.html").is_file(), "{output}");
    }
    assert!(home.top().join("server/index.html").is_file());
}
