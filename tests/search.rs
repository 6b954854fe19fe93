//! Search: the same words and the same answers in Rust and in JavaScript. What Rust says stands in `search/`, where
//! `search/*.test.mjs` compares it with what the browser's module says.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;

use guidepost::pipeline;
use guidepost::plan::Snapshot;
use guidepost::search::files::{Kind, ROOT};
use guidepost::search::query::{Answer, Failure, Page, Search};
use guidepost::search::words::{Analyser, Script, each_run, fold};
use serde_json::json;

use crate::support::{TestSite, files, repository, sample};

/// Compares with a golden file, or rewrites it.
fn golden(path: &str, text: &str) {
    let path = repository().join("tests/search").join(path);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, text).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    let differs = expected.lines().zip(text.lines()).find(|(expected, found)| expected != found);
    assert!(expected == text, "{} is out of date (UPDATE=1 writes it): {differs:?}", path.display());
}

/// Every word of the sample site, and words made of beginnings and endings that stemmers care about.
fn english_words() -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for (path, bytes) in files(&repository().join("content")) {
        if path.ends_with(".md") {
            let text = String::from_utf8(bytes).unwrap();
            each_run(&text, |at, script| {
                assert_eq!(script, Script::Words);
                words.insert(fold(&text[at], script));
            });
        }
    }
    const STEMS: &str = "a able act agr analog anim appl arsen atlas be berr bleed bus care cr commun cosm creat depend die dy e \
        employ ener excee fall feel fit flash gener gentl go hap hop i ident inn interview lie luxuri magn nat network nois obei \
        organ out own pla plann pol proce rat rec relat respond runn say sens shy sk skill snow succe tie tr typ ugl us vac vex \
        vile w y yoy";
    const ENDINGS: &str = " able ably al alism aliti alize alli ally ance anci ant ate ated ation ational ative ator bb bed \
        biliti bl bli cy d ed edly eed eedly ement enci ence ent entli er es est ey ful fulli fulness g ible ic ical icate iciti \
        ied ier ies ily ing ingly ion ional ism iti ity ive iveness iviti ization ize ized izer l less lessli li ll logi ly ment \
        mente ness ogi ous ousli ousness s sion ss sses st t tion tional tt us y yed ying ys";
    for stem in STEMS.split_whitespace() {
        for ending in ENDINGS.split(' ') {
            words.insert(format!("{stem}{ending}"));
            for last in ["s", "ly", "ed"] {
                words.insert(format!("{stem}{ending}{last}"));
            }
        }
    }
    words
}

/// The languages that are stemmed, but for English.
const LANGUAGES: [&str; 7] = ["de", "es", "fr", "it", "nl", "pt", "ru"];

/// Of a language: words in plenty, and beginnings with endings that its stemmer cares about. `languages/` has all three, the
/// beginnings first.
fn words_of(language: &str) -> Vec<String> {
    let text = fs::read_to_string(repository().join(format!("tests/search/languages/{language}.txt"))).unwrap();
    let parts: Vec<Vec<&str>> = text.split("\n\n").map(|part| part.split_whitespace().collect()).collect();
    let [stems, endings, words] = &parts[..] else { panic!("{language}: {} parts", parts.len()) };
    let every = stems.len() * endings.len() / 3_000;
    let mut all: BTreeSet<String> = words.iter().map(|word| (*word).to_owned()).collect();
    for (i, stem) in stems.iter().enumerate() {
        let endings = endings.iter().enumerate().filter(|(j, _)| (i + j) % every == 0);
        all.extend(endings.map(|(_, ending)| format!("{stem}{ending}")));
    }
    // As running text too, so that the commonest words are met and left out.
    let texts = words.chunks(20).map(|words| words.join(" "));
    all.into_iter().chain(texts).collect()
}

/// Texts that are hard to take apart.
const NASTY: [&str; 28] = [
    "to be or not to be",
    "don't won’t interviewer's",
    "C++, C# & .NET 4½ №7 ²³",
    "résumé RE\u{301}SUME\u{301} re\u{301}\u{323}sume naïve Ångström ǅ",
    "İstanbul ıI ẞ ß ΣΑΣ ς ﬁ ﬀ ŉ",
    "ＦＵＬＬ ｗｉｄｔｈ １２ ⅷ Ⅻ ① 𝐀𝟏 𝒳",
    "就職活動について 面 ｶﾞｲﾄﾞ カ\u{3099} 株式会社abc漢字",
    "취업 면접 \u{1112}\u{1161}\u{11ab}",
    "การสัมภาษณ์งาน ที่",
    "नौकरी की खोज हिन्दी",
    "مقابلة عمل مُدَرِّس",
    "ראיון עֲבוֹדָה",
    "собеседование Ёлка й",
    "Việt Nam phỏng vấn",
    "a\u{200d}b c\u{ad}d e\u{2060}f g_h i-j k.l m/n",
    "\u{301}\u{302}x \u{301}",
    "👍🏽👩‍💻 ☃ — … “quoted”",
    "1st 2nd 3.14 1,000 20-year-old",
    "\u{0}\u{7}\ttab\nnew\u{2028}line",
    "ﷺ ㎏ ㍿ ㌔ ℡ Ω K Å",
    "𠀀𠀁 𐐀𐐨 𞤀𞤢",
    "〆々〇ゝヽー",
    "A AN THE",
    "E\u{301}TE\u{301} été e\u{323}\u{301} e\u{301}\u{323} ÀÈÌÒÙ àèìòù ÂÊÎÔÛ ÃÕÑ ÄËÏÖÜ ñ ç Ç ÿ ǖ ŷ",
    "ÜBERPRÜFUNG ü\u{308}ber Größe GRÖSSE GRÖẞE u\u{308}ben ǟ ö̲",
    "И\u{306} й Й Ѐ ѝ Ё ё \u{456}\u{308} ў ЁЛКИ елки",
    "œuvre Œ æ ĳ Ĳsselmeer ŀl l’été d'été aujourd’hui ªº ﬁançailles",
    "",
];

#[test]
fn words_become_the_terms_that_the_browser_makes() {
    let mut text = String::new();
    let mut add = |language: &str, written: &str| {
        let terms: Vec<String> = Analyser::new(language).terms(written).into_iter().map(|found| found.term).collect();
        let written = serde_json::to_string(written).unwrap();
        writeln!(text, "{language}\t{written}\t{}", terms.join(" ")).unwrap();
    };
    let words = english_words();
    assert!(words.len() > 15_000, "{}", words.len());
    for word in words {
        add("en", &word);
    }
    for language in LANGUAGES {
        let words = words_of(language);
        assert!(words.len() > 3_000, "{language}: {}", words.len());
        for word in words {
            add(language, &word);
        }
    }
    for language in LANGUAGES.into_iter().chain(["en"]) {
        add(language, &format!("{} zzz", Analyser::new(language).stops().join(" ")));
    }
    for nasty in NASTY {
        for language in LANGUAGES.into_iter().chain(["en", "xx"]) {
            add(language, nasty);
        }
    }
    golden("words.tsv", &text);
}

/// The index of a snapshot, by the names of its files.
fn index(snapshot: &Snapshot) -> BTreeMap<String, Vec<u8>> {
    pipeline::search_index(snapshot).unwrap().into_iter().map(|file| (file.name, file.bytes)).collect()
}

fn ask(index: &BTreeMap<String, Vec<u8>>, text: &str, limit: usize) -> Result<Answer, Failure> {
    Search::open(&index[ROOT], |name| index.get(name).cloned())?.query(text, Page { limit, offset: 0 })
}

/// Questions to the sample site: plain, natural, misspelt, unfinished, with phrases and tags, and hostile ones.
const QUERIES: [&str; 26] = [
    "networking",
    "how do I follow up after a rejection",
    "what should I ask in an information interview",
    "salary negotiation ",
    "thank you note",
    "\"thank you\"",
    "\"information interview\" agenda",
    "tag:networking",
    "tag:networking rejection",
    "tag:\"information-interview\"",
    "tag:nothing-has-this interview",
    "intreview questions",
    "netwroking at carer fairs",
    "resum",
    "inter",
    "interviewin",
    "compare two offers offers offers",
    "the",
    "to be or not to be",
    "zzzzqqqq",
    "",
    "   ",
    "<img src=x onerror=alert(1)>",
    "\"never these very words\"",
    "résumé CV",
    "\"",
];

/// An answer as it stands in a golden file, its scores to four digits.
fn told(index: &BTreeMap<String, Vec<u8>>, query: &str) -> serde_json::Value {
    let mut answer = serde_json::to_value(ask(index, query, 5).unwrap()).unwrap();
    for hit in answer["results"].as_array_mut().unwrap() {
        hit["score"] = format!("{:.4}", hit["score"].as_f64().unwrap()).into();
    }
    answer
}

fn pretty(answers: &[serde_json::Value]) -> String {
    serde_json::to_string_pretty(answers).unwrap() + "\n"
}

#[test]
fn the_sample_site_answers_as_it_did() {
    let index = index(&sample("https://site.example/"));
    let answer = |query| json!({ "query": query, "limit": 5, "answer": told(&index, query) });
    golden("queries.json", &pretty(&QUERIES.map(answer)));
}

/// Questions to a site with articles in ten languages: stems, words without their marks, mistakes, beginnings, phrases.
const MULTILINGUAL: [&str; 44] = [
    "Vorstellungsgespräche",
    "vorstellungsgesprach fragen",
    "Gehalt",
    "uber Fahigkeit ",
    "Arbeitgebber ",
    "\"schöne grüße\"",
    "entrevistas",
    "informacion",
    "información ",
    "negociaciones del sueldo",
    "informaçion sobre la empresa",
    "anos de experiencia ",
    "informacio",
    "\"informacion sobre la empresa\"",
    "\"informacoin sobre\" sobre",
    "salary",
    "sueldos ",
    "entretiens avec un recruteur",
    "negociation ",
    "negocations ",
    "côté cote COTE\u{301} ",
    "evolution etudes ",
    "capacita ",
    "l'università",
    "conversazioni",
    "onderhandeling",
    "sollicitatiegesprekken idee\u{308}en",
    "carriere ",
    "informacoes sobre a empresa ",
    "emoções nao ",
    "собеседования",
    "собеседованеи ",
    "русскии язык ",
    "РУССКИЙ",
    "еще даёт дает",
    "перегов",
    "\"рабочий день\"",
    "面接の準備",
    "ｲﾝﾀｰﾝｼｯﾌﾟ",
    "สัมภาษณ์",
    "tag:preparation prepar",
    "résumé ",
    "surete ",
    "avec zu sobre",
];

/// The index of the site with articles in ten languages, if its own is this one.
fn multilingual(language: &str) -> BTreeMap<String, Vec<u8>> {
    let site = TestSite::copy_of(&repository().join("tests/search/multilingual"));
    let settings = fs::read_to_string(site.path("guidepost.yaml")).unwrap();
    site.write("guidepost.yaml", &settings.replace("language: en", &format!("language: {language}")));
    index(&site.snapshot())
}

#[test]
fn a_site_in_many_languages_answers_in_each() {
    let mut answers = Vec::new();
    for language in ["en", "es", "ja"] {
        let index = multilingual(language);
        let answer = |query| json!({ "language": language, "query": query, "limit": 5, "answer": told(&index, query) });
        answers.extend(MULTILINGUAL.map(answer));
    }
    golden("multilingual.json", &pretty(&answers));
}

#[test]
fn a_phrase_is_taken_as_it_is() {
    let index = index(&sample("https://site.example/"));
    let asked = |query| ask(&index, query, 3).unwrap();
    assert!(asked("informaton interview").corrected.is_some());
    assert!(asked("informatio").total > 0);
    for query in ["\"informaton interview\"", "\"informatio\" informatio", "\"informatio", "informaton \"informaton\""] {
        let answer = asked(query);
        assert!(answer.total == 0 && answer.corrected.is_none(), "{query}: {:?}", answer.corrected);
    }
}

#[test]
fn a_word_is_found_without_its_marks_and_nothing_is_said_of_it() {
    for (language, query, address) in [
        ("en", "informacion ", "/entrevista/"),
        ("es", "\"informacion sobre la empresa\"", "/entrevista/"),
        ("en", "negociation ", "/entretien/"),
        ("en", "informacoes ", "/entrevista-pt/"),
        ("en", "русскии ", "/sobesedovanie/"),
        ("en", "fahigkeit ", "/vorstellungsgespraech/"),
    ] {
        let answer = ask(&multilingual(language), query, 3).unwrap();
        let found: Vec<&str> = answer.results.iter().map(|hit| hit.href.as_str()).collect();
        assert!(found.contains(&address) && answer.corrected.is_none(), "{query}: {found:?} {:?}", answer.corrected);
    }
}

#[test]
fn readers_find_what_they_ask_for() {
    let index = index(&sample("https://site.example/"));
    for (query, address) in [
        ("feedback after they turned me down", "/interviews/feedback-after-an-interview/"),
        ("questions for an informaton interview", "/networking/information-interview-agenda/"),
        ("which of two offers is better", "/offers/compare-two-offers/"),
    ] {
        let answer = ask(&index, query, 3).unwrap();
        let found: Vec<&str> = answer.results.iter().map(|hit| hit.href.as_str()).collect();
        assert!(found.contains(&address), "{query}: {found:?}");
    }
}

/// A site too large for a bundle: words drawn so that some are common and most are rare.
fn large(articles: usize) -> TestSite {
    let site = TestSite::new(&[]);
    let mut state = 7_u64;
    let mut draw = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut word = || {
        let most = 1 << (1 + draw(13));
        format!("w{}", "abcdefghij".chars().nth(draw(10) as usize).unwrap()) + &format!("{}x", draw(most))
    };
    for number in 0..articles {
        let mut words = |count: usize| (0..count).map(|_| word()).collect::<Vec<_>>().join(" ");
        let text = format!(
            "---\ntitle: {}\ndate: 20{:02}-01-{:02}\ntags: [t{}]\n---\n\n{}\n\n## {}\n\n{}\n",
            words(3),
            number / 28 % 26,
            number % 28 + 1,
            number % 7,
            words(120),
            words(3),
            words(100)
        );
        site.write(&format!("content/a{number:04}.md"), &text);
    }
    site
}

#[test]
fn one_thread_and_eight_make_the_same_index() {
    let site = large(900);
    let build = |threads| pipeline::on_threads(Some(threads), || index(&site.snapshot())).unwrap();
    assert!(build(1) == build(8), "the number of threads shows");
}

#[test]
fn one_more_article_changes_its_own_words_files_and_the_last_block_alone() {
    let site = large(900);
    let before = index(&site.snapshot());
    assert!(before.len() > 60, "{} files", before.len());
    site.write("content/new.md", "---\ntitle: Brandnew aardvark\ndate: 2026-11-20\n---\n\nQuokka.\n");
    let after = index(&site.snapshot());
    let changed: Vec<&String> = after.keys().filter(|name| !before.contains_key(*name)).collect();
    let count = |kind: char| changed.iter().filter(|name| name.starts_with(&format!("{kind}-"))).count();
    // Three terms, three words, one block of articles, and the directory that says where it is.
    assert!((1..=3).contains(&count('t')) && (1..=3).contains(&count('v')), "{changed:?}");
    assert_eq!((count('a'), count('d'), count('l')), (1, 1, 0), "{changed:?}");
    assert_ne!(before[ROOT], after[ROOT]);
}

#[test]
fn files_that_are_gone_or_wrong_are_named() {
    let whole = index(&large(900).snapshot());
    let text = "wa1x wb2x";
    assert!(ask(&whole, text, 5).unwrap().total > 5);
    for name in whole.keys().filter(|name| *name != ROOT) {
        let mut lacking = whole.clone();
        lacking.remove(name);
        if let Err(failure) = ask(&lacking, text, 5) {
            assert_eq!(failure, Failure::Missing(name.clone()));
        }
        let mut damaged = whole.clone();
        damaged.get_mut(name).unwrap()[4..].fill(0xff);
        if let Err(failure) = ask(&damaged, text, 5) {
            assert_eq!(failure, Failure::Damaged(name.clone()));
        }
    }
    let mut newer = whole.clone();
    newer.get_mut(ROOT).unwrap()[2] += 1;
    assert_eq!(ask(&newer, text, 5), Err(Failure::Version));
    newer.insert(ROOT.into(), Kind::Root.unnamed(&[200, 1, 0]));
    assert_eq!(ask(&newer, text, 5), Err(Failure::Damaged(ROOT.into())));
}
