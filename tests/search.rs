//! Search: the same words and the same answers in Rust and in JavaScript. What Rust says stands in `search/`, where
//! `search/*.test.mjs` compares it with what the browser's module says.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;

use guidepost::search::words::{Analyser, Script, each_run, fold};

use crate::support::{files, repository};

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

/// Texts that are hard to take apart.
const NASTY: [&str; 24] = [
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
    for nasty in NASTY {
        add("en", nasty);
        add("xx", nasty);
    }
    golden("words.tsv", &text);
}
