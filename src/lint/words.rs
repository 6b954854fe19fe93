//! Words that say too little, by language: of links, and of pictures.
//!
//! Only what says nothing wherever it stands is listed. A language that is not here is passed over.

/// The words of one language, all in lower case and without punctuation around them.
#[derive(Debug)]
pub struct Words {
    language: &'static str,
    /// Words of a link that do not say where it leads.
    pub vague: &'static [&'static str],
    /// Words that are called a picture's, and name only what every picture is.
    pub picture: &'static [&'static str],
    /// What comes between such a word and what the picture shows.
    pub of: &'static [&'static str],
}

/// The words of a language (BCP 47), if we know some.
pub fn of(language: &str) -> Option<&'static Words> {
    let primary = language.split('-').next().unwrap_or("");
    LANGUAGES.iter().find(|words| words.language.eq_ignore_ascii_case(primary))
}

const LANGUAGES: &[Words] = &[
    Words {
        language: "en",
        vague: &[
            "here",
            "click",
            "click here",
            "click here now",
            "click this",
            "click this link",
            "click the link",
            "click on this",
            "tap here",
            "press here",
            "over here",
            "right here",
            "see here",
            "go here",
            "look here",
            "read here",
            "find it here",
            "from here",
            "go",
            "more",
            "read more",
            "read more here",
            "read on",
            "see more",
            "view more",
            "show more",
            "learn more",
            "learn more here",
            "find out more",
            "know more",
            "more here",
            "more info",
            "more information",
            "more details",
            "further information",
            "info",
            "details",
            "continue",
            "continue reading",
            "keep reading",
            "link",
            "a link",
            "the link",
            "this link",
            "this",
            "this one",
            "that",
            "it",
            "this page",
            "this site",
            "this website",
            "this web page",
            "this webpage",
            "page",
            "site",
            "website",
            "url",
        ],
        picture: &[
            "image",
            "an image",
            "the image",
            "picture",
            "a picture",
            "photo",
            "a photo",
            "photograph",
            "graphic",
            "img",
            "pic",
        ],
        of: &["of", "showing", "that shows"],
    },
    Words {
        language: "es",
        vague: &[
            "aquí",
            "aqui",
            "acá",
            "haz clic",
            "haz clic aquí",
            "haga clic aquí",
            "hacer clic aquí",
            "clic aquí",
            "click aquí",
            "click aqui",
            "pulsa aquí",
            "pulse aquí",
            "pincha aquí",
            "pinche aquí",
            "ver aquí",
            "véase aquí",
            "más",
            "mas",
            "leer más",
            "lee más",
            "ver más",
            "saber más",
            "más información",
            "más info",
            "más detalles",
            "seguir leyendo",
            "continuar leyendo",
            "continuar",
            "enlace",
            "este enlace",
            "link",
            "este link",
            "esto",
            "este",
            "esta página",
            "este sitio",
            "página",
            "sitio web",
        ],
        picture: &["imagen", "una imagen", "foto", "una foto", "fotografía", "gráfico"],
        of: &["de", "que muestra"],
    },
    Words {
        language: "fr",
        vague: &[
            "ici",
            "cliquez ici",
            "cliquer ici",
            "clique ici",
            "cliquez",
            "appuyez ici",
            "voir ici",
            "par ici",
            "plus",
            "en savoir plus",
            "savoir plus",
            "lire plus",
            "lire la suite",
            "la suite",
            "suite",
            "voir plus",
            "voir",
            "plus d’infos",
            "plus d'infos",
            "plus d’informations",
            "plus d'informations",
            "plus de détails",
            "détails",
            "continuer",
            "lien",
            "ce lien",
            "le lien",
            "cela",
            "ceci",
            "cette page",
            "ce site",
            "page",
            "site",
            "site web",
        ],
        picture: &["image", "une image", "photo", "une photo", "photographie", "illustration"],
        of: &["de", "du", "des", "montrant", "qui montre"],
    },
    Words {
        language: "de",
        vague: &[
            "hier",
            "klick",
            "klicken",
            "hier klicken",
            "klicken sie hier",
            "klick hier",
            "klicke hier",
            "bitte hier klicken",
            "siehe hier",
            "hier lesen",
            "mehr",
            "mehr lesen",
            "mehr erfahren",
            "erfahren sie mehr",
            "mehr dazu",
            "mehr infos",
            "mehr informationen",
            "weitere informationen",
            "weitere infos",
            "weiter",
            "weiterlesen",
            "details",
            "link",
            "dieser link",
            "diesem link",
            "diesen link",
            "dieses",
            "diese seite",
            "dieser seite",
            "seite",
            "webseite",
            "website",
        ],
        picture: &["bild", "ein bild", "foto", "ein foto", "grafik", "abbildung"],
        of: &["von", "vom", "mit", "das zeigt"],
    },
];

/// A text as it is looked up: in lower case, without punctuation and signs around it.
pub fn bare(text: &str) -> String {
    super::folded(text.trim_matches(|c: char| !c.is_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_as_it_is_looked_up() {
        for words in LANGUAGES {
            for word in words.vague.iter().chain(words.picture).chain(words.of) {
                assert_eq!(bare(word), *word, "{}", words.language);
            }
        }
        assert!(of("de-AT").is_some() && of("EN").is_some() && of("cy").is_none());
    }
}
