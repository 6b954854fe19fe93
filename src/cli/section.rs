//! `--section`: a folder of `content/` as people name it.

use crate::article::{CONTENT, slug_or_hash};
use crate::diagnostic::{Diagnostic, list_of, nearest};
use crate::source;
use crate::url;

/// More sections than this no hint names.
const MOST_NAMED: usize = 20;

/// The folder that is meant, of these: by its path from `content/` or from the site's folder, in any case, or as its
/// address has it. Empty for the top.
pub fn find<'f>(written: &str, folders: &[&'f str]) -> Result<&'f str, Diagnostic> {
    let wanted = plain(written)?;
    if wanted.is_empty() {
        return Ok("");
    }
    let slugs = |path: &str| path.split('/').map(slug_or_hash).collect::<Vec<_>>();
    let exact = folders.iter().find(|folder| **folder == wanted);
    let found = exact.or_else(|| folders.iter().find(|folder| slugs(folder) == slugs(&wanted)));
    found.copied().ok_or_else(|| unknown(&wanted, folders))
}

/// A new folder for a section: the names that its address has, so that they are good everywhere.
pub fn make(written: &str) -> Result<String, Diagnostic> {
    let plain = plain(written)?;
    let names: Vec<String> = plain.split('/').map(url::slug).collect();
    match plain.split('/').zip(&names).find(|(_, name)| name.is_empty() || source::is_litter(name)) {
        Some((part, _)) => {
            let problem = Diagnostic::error("bad-section", format!("`{part}` cannot be the name of a section"));
            Err(problem.hint("call it by a word or two, as `--section visits`"))
        }
        None => Ok(names.join("/")),
    }
}

/// The path from `content/`, without slashes at the ends.
fn plain(written: &str) -> Result<String, Diagnostic> {
    let path = written.trim().replace('\\', "/");
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    if parts.contains(&"..") {
        let problem = Diagnostic::error("bad-section", format!("`{written}` is no section: it leads out of `{CONTENT}/`"));
        return Err(problem.hint(format!("name a folder of `{CONTENT}/`, as `--section networking`")));
    }
    let parts = parts.strip_prefix(&[CONTENT]).unwrap_or(&parts);
    Ok(url::nfc(&parts.join("/")).into_owned())
}

fn unknown(wanted: &str, folders: &[&str]) -> Diagnostic {
    let problem = Diagnostic::error("unknown-section", format!("there is no section `{wanted}`"));
    let folded = url::fold_case(wanted);
    let near = nearest(&folded, folders.iter().copied());
    let more = folders.len().saturating_sub(MOST_NAMED);
    let all = match folders {
        [] => format!("`{CONTENT}/` has no folders yet"),
        _ if more > 0 => {
            let named: Vec<String> = folders.iter().take(MOST_NAMED).map(|folder| format!("`{folder}`")).collect();
            format!("it can be {} or one of {more} more", named.join(", "))
        }
        _ => format!("it can be {}", list_of(folders)),
    };
    problem.hint(match near {
        Some(only) if folders.len() == 1 => format!("did you mean `{only}`?"),
        Some(near) => format!("did you mean `{near}`? {all}"),
        None => all,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOLDERS: [&str; 3] = ["Job Offers", "networking", "networking/visits"];

    #[test]
    fn a_section_is_found_as_people_name_it() {
        for (written, expected) in [
            ("networking", "networking"),
            ("networking/", "networking"),
            ("./content/networking/visits", "networking/visits"),
            ("networking\\visits", "networking/visits"),
            ("/networking/", "networking"),
            ("Networking", "networking"),
            ("job-offers", "Job Offers"),
            ("content/", ""),
            (".", ""),
        ] {
            assert_eq!(find(written, &FOLDERS), Ok(expected), "{written}");
        }
        let hint = find("netwroking", &FOLDERS).err().and_then(|problem| problem.hint);
        let expected = "did you mean `networking`? it can be `Job Offers`, `networking` or `networking/visits`";
        assert_eq!(hint.as_deref(), Some(expected));
    }

    #[test]
    fn no_section_leads_out_of_the_site() {
        for bad in ["../../etc", "networking/../../x", "..\\..\\x", "content/.."] {
            assert_eq!(find(bad, &FOLDERS).map_err(|problem| problem.code), Err("bad-section"), "{bad}");
            assert_eq!(make(bad).map_err(|problem| problem.code), Err("bad-section"), "{bad}");
        }
        for bad in ["!!!", "a/!!!/b", "node_modules", ""] {
            assert_eq!(make(bad).map_err(|problem| problem.code), Err("bad-section"), "{bad}");
        }
        assert_eq!(make("Job Offers/.hidden/CON").as_deref(), Ok("job-offers/dot-hidden/con_"));
        assert_eq!(make("/etc/passwd").as_deref(), Ok("etc/passwd"));
    }
}
