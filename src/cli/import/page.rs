//! `guidepost import html`: saved web pages, and text copied from them, one article each.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use super::super::{Context, Outcome};
use super::place::{Extras, Gathered, Place, Refusal};
use super::{Common, refuse, tell, unreadable};
use crate::article;
use crate::import::report::{Account, Report, Written};
use crate::import::wordpress::Known;
use crate::import::{Imported, page, words};
use crate::text;
use crate::url::{Base, Url, slug};

/// The flags of `import html`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Pages as a browser saved them, or text files copied from pages
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The folder of content/ that the articles go to [default: the top]
    #[arg(long, value_name = "FOLDER")]
    section: Option<String>,
    #[command(flatten)]
    common: Common,
}

/// Imports, and tells what became of each page.
pub fn run(context: &Context, arguments: &Arguments) -> Outcome {
    let began = Instant::now();
    match import(context, arguments) {
        Ok((report, finished)) => {
            tell(context, &report, &finished, began.elapsed());
            Outcome::Done
        }
        Err(refusal) => refuse(context, refusal),
    }
}

fn import(context: &Context, arguments: &Arguments) -> Result<(Report, super::Finished), Refusal> {
    let place = Place::open(context, &arguments.common)?;
    let folder = match &arguments.section {
        Some(written) => super::super::section::make(written).map_err(|problem| Refusal::Problem(problem, Outcome::Usage))?,
        None => String::new(),
    };
    let base = place.settings.as_ref().map(|settings| settings.base.clone());
    let pages: Result<Vec<Vec<u8>>, Refusal> =
        arguments.files.iter().map(|file| std::fs::read(file).map_err(|error| unreadable(file, &error))).collect();
    let pages = pages?;
    let mut known = place.known()?;
    let filling = place.begin()?;
    let mut report = Report { source: super::amount(pages.len(), "file"), ..Report::default() };
    let mut extras = Extras { settings: "title: My site\nbase_url: https://example.org/\n".to_owned(), ..Extras::default() };
    let mut gathered = Gathered::default();
    for (file, bytes) in arguments.files.iter().zip(pages) {
        let (imported, copies) = convert(file, &bytes, &folder, base.as_ref(), &mut known);
        let put = filling.put(imported)?;
        if put.imported.account.outcome != Written::Removed {
            extras.copies.extend(copies);
        }
        gathered.take(put, &mut report);
    }
    report.addresses = gathered.addresses;
    let finished = filling.finish(&mut report, gathered, extras)?;
    Ok((report, finished))
}

/// The article of a page, and the pictures to copy with it.
fn convert(
    file: &Path,
    bytes: &[u8],
    folder: &str,
    base: Option<&Base>,
    known: &mut Known,
) -> (Imported, Vec<(PathBuf, String)>) {
    let name = file.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let beside = file.parent().unwrap_or(Path::new(""));
    let text = text::decode(&Arc::from(name.as_str()), bytes, &mut Vec::new());
    let mut found = page::find(&text, &name, &|path| beside.join(path).is_file());
    // An address of the site that is filled stays good.
    let old = found.address.as_deref().and_then(|address| Url::parse(base?.strip(address)?).ok());
    found.article.aliases.extend(old.map(|url| url.to_string()));
    let id = format!("html:{}", file.file_name().map_or(name.into(), |name| name.to_string_lossy()));
    let path = known.by_id.get(&id).cloned().unwrap_or_else(|| free_path(folder, &found.article.title, known));
    let url = article::address_of(&path);
    found.article.aliases.retain(|alias| Url::parse(alias).is_ok_and(|alias| alias != url));
    known.paths.insert(path.clone());
    known.urls.insert(url.clone());
    let into = path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let copies = found.files.iter().map(|(from, to)| (beside.join(from), format!("{into}{to}"))).collect();
    let text = found.article.text();
    let words = words::compare(&found.shown, &path, &text);
    words.remarks.into_iter().for_each(|remark| found.remarks.add(remark));
    let account = Account {
        path: path.clone(),
        title: found.article.title,
        words_in: words.before,
        words_out: words.after,
        words_lost: words.lost,
        remarks: found.remarks.counted(),
        ..Account::default()
    };
    let imported = Imported { path, id, text, account, files: Vec::new(), aliases: found.article.aliases, url };
    (imported, copies)
}

/// The file of a title, if its name is free, or else one that is.
fn free_path(folder: &str, title: &str, known: &Known) -> String {
    let stem = match slug(title) {
        name if matches!(name.as_str(), "index" | "_index") => format!("{name}-article"),
        _ => article::slug_or_hash(title),
    };
    let into = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let names = std::iter::once(stem.clone()).chain((2..).map(|count| format!("{stem}-{count}")));
    let mut paths = names.map(|name| format!("{into}{name}.md"));
    let is_free = |path: &String| !known.paths.contains(path) && !known.urls.contains(&article::address_of(path));
    paths.find(is_free).unwrap_or_default()
}
