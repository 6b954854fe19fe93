//! Writes synthetic articles for measurements: `cargo run --release --example corpus -- N DIR [--short]`.
//!
//! Words are our own and follow Zipf's law, tags too; articles have headings, lists, quotes, tables and links to each
//! other, 250 to 1,200 words; short ones are one paragraph of some 60 words. The same N gives the same bytes on every
//! machine. `DIR` becomes a whole site.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (count, folder, length) = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [count, folder] => (*count, *folder, Length::Usual),
        [count, folder, "--short"] => (*count, *folder, Length::Short),
        _ => {
            eprintln!("usage: corpus N DIR [--short]");
            return ExitCode::from(2);
        }
    };
    let Ok(count) = count.parse() else {
        eprintln!("`{count}` is no number of articles");
        return ExitCode::from(2);
    };
    match write_articles(count, length, Path::new(folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{folder}: {error}");
            ExitCode::from(4)
        }
    }
}

/// How long articles are.
#[derive(Clone, Copy, PartialEq)]
enum Length {
    Usual,
    Short,
}

/// Writes a whole site of `count` articles into `folder`.
pub fn write(count: usize, folder: &Path) -> std::io::Result<()> {
    write_articles(count, Length::Usual, folder)
}

fn write_articles(count: usize, length: Length, folder: &Path) -> std::io::Result<()> {
    let content = folder.join("content");
    for section in SECTIONS {
        fs::create_dir_all(content.join(section))?;
    }
    fs::write(folder.join("guidepost.yaml"), "title: Synthetic advice\nbase_url: https://advice.example.org/\n")?;
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let words = Zipf::new(vocabulary(30_000), 1.05);
    let tags = Zipf::new((0..(count / 20).clamp(20, 2_000)).map(|i| format!("topic-{i}")).collect(), 0.9);
    for number in 0..count {
        let path = content.join(SECTIONS[number % SECTIONS.len()]).join(format!("article-{number:06}.md"));
        fs::write(path, article(number, count, length, &words, &tags, &mut random))?;
    }
    Ok(())
}

const SECTIONS: [&str; 8] = ["networking", "interviews", "resumes", "offers", "internships", "mentoring", "search", "growth"];

fn article(number: usize, count: usize, length: Length, words: &Zipf, tags: &Zipf, random: &mut Random) -> String {
    let mut own_tags: Vec<&str> = (0..random.between(2, 5)).map(|_| tags.draw(random)).collect();
    own_tags.sort_unstable();
    own_tags.dedup();
    let mut text = format!(
        "---\ntitle: \"{}\"\ndate: {}-{:02}-{:02}\ndescription: \"{}\"\ntags: [{}]\n---\n\n",
        phrase(words, random, 3, 8),
        2008 + number % 18,
        1 + number % 12,
        1 + number % 28,
        sentence(words, random),
        own_tags.join(", "),
    );
    text.push_str(&paragraph(count, words, random));
    if length == Length::Short {
        return text;
    }
    for _ in 0..random.between(2, 6) {
        text.push_str(&format!("## {}\n\n", phrase(words, random, 2, 6)));
        for _ in 0..random.between(1, 3) {
            text.push_str(&paragraph(count, words, random));
        }
        match random.between(0, 99) {
            0..40 => text.push_str(&lines(random.between(3, 7), |_| format!("- {}", sentence(words, random)))),
            40..55 => text.push_str(&lines(random.between(3, 7), |i| format!("{}. {}", i + 1, sentence(words, random)))),
            55..65 => text.push_str(&format!("> {}\n\n", sentence(words, random))),
            65..72 => {
                text.push_str("| Step | Note |\n| --- | --- |\n");
                text.push_str(&lines(4, |_| format!("| {} | {} |", words.draw(random), phrase(words, random, 2, 3))));
            }
            _ => {}
        }
    }
    text
}

fn lines(count: usize, mut line: impl FnMut(usize) -> String) -> String {
    let mut text: String = (0..count).map(|i| line(i) + "\n").collect();
    text.push('\n');
    text
}

fn paragraph(count: usize, words: &Zipf, random: &mut Random) -> String {
    let mut sentences: Vec<String> = (0..random.between(2, 6)).map(|_| sentence(words, random)).collect();
    if random.between(0, 99) < 35 {
        let to = random.between(0, count - 1);
        let section = SECTIONS[to % SECTIONS.len()];
        sentences.insert(1, format!("See [{}](/{section}/article-{to:06}/) for more.", phrase(words, random, 2, 2)));
    }
    sentences.join(" ") + "\n\n"
}

fn sentence(words: &Zipf, random: &mut Random) -> String {
    phrase(words, random, 6, 22) + "."
}

/// Some words, the first with a capital.
fn phrase(words: &Zipf, random: &mut Random, least: usize, most: usize) -> String {
    let drawn: Vec<&str> = (0..random.between(least, most)).map(|_| words.draw(random)).collect();
    let mut phrase = drawn.join(" ");
    if let Some(first) = phrase.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    phrase
}

/// Real words first, so that the commonest are the commonest, then made-up ones.
fn vocabulary(count: usize) -> Vec<String> {
    const COMMON: &str = "the of and to a in your for you is on with that it as be are this at or by from have not what can will when they about \
        interview network contact manager career job student offer question follow meeting advice company employer feedback role \
        application internship mentor industry conversation reply recruiter salary skill team project goal plan week month call note \
        thank connect profile reference decision committee candidate opportunity alumni event fair agenda practice story result";
    const SYLLABLES: [&str; 24] = [
        "ba", "ce", "di", "fo", "gu", "ha", "le", "mi", "no", "pu", "ra", "se", "ti", "vo", "wu", "ya", "ze", "bri", "cla",
        "dro", "ple", "sta", "tru", "vel",
    ];
    let mut words: Vec<String> = COMMON.split_whitespace().map(str::to_owned).collect();
    let mut number = 0_usize;
    while words.len() < count {
        let mut word = String::new();
        let mut rest = number;
        for _ in 0..2 + number % 3 {
            word.push_str(SYLLABLES[rest % SYLLABLES.len()]);
            rest = rest / SYLLABLES.len() + 7 * number;
        }
        word.push_str(["", "n", "r", "st", "ing"][number % 5]);
        words.push(word);
        number += 1;
    }
    words
}

/// Items drawn with the frequency of Zipf's law.
struct Zipf {
    items: Vec<String>,
    cumulated: Vec<f64>,
}

impl Zipf {
    fn new(items: Vec<String>, exponent: f64) -> Zipf {
        let mut sum = 0.0;
        let cumulated = (1..=items.len())
            .map(|rank| {
                sum += (rank as f64).powf(-exponent);
                sum
            })
            .collect();
        Zipf { items, cumulated }
    }

    fn draw(&self, random: &mut Random) -> &str {
        let total = self.cumulated.last().copied().unwrap_or(1.0);
        let point = random.fraction() * total;
        &self.items[self.cumulated.partition_point(|&sum| sum < point).min(self.items.len() - 1)]
    }
}

/// SplitMix64 (<https://prng.di.unimi.it/splitmix64.c>): small, and the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn between(&mut self, least: usize, most: usize) -> usize {
        least + (self.next() % (most - least + 1) as u64) as usize
    }
}
