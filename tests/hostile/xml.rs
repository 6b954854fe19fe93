//! XML as a parser reads it: its elements in their order, each with its attributes and, if it has no others in it, its text.

use quick_xml::Reader;
use quick_xml::XmlVersion::Explicit1_0;
use quick_xml::events::Event;

pub struct Document {
    elements: Vec<Element>,
}

struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
}

pub fn parse(source: &str) -> Document {
    let mut reader = Reader::from_str(source);
    reader.config_mut().expand_empty_elements = true;
    let mut elements: Vec<Element> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    loop {
        let event = reader.read_event().unwrap_or_else(|error| panic!("{error} in {source}"));
        let mut add = |text: &str| {
            if let Some(&at) = open.last() {
                elements[at].text.push_str(text);
            }
        };
        match event {
            Event::Eof => break,
            Event::Text(text) => add(&text.xml10_content()),
            Event::GeneralRef(name) => match name.resolve_char_ref().unwrap() {
                Some(c) => add(c.encode_utf8(&mut [0; 4])),
                None => add(quick_xml::escape::resolve_predefined_entity(&name.xml10_content()).unwrap()),
            },
            Event::Start(tag) => {
                let attributes = tag.attributes().map(|attribute| attribute.unwrap());
                let attributes = attributes.map(|a| (a.key.0.to_owned(), a.normalized_value(Explicit1_0).unwrap().into_owned()));
                open.push(elements.len());
                let attributes = attributes.collect();
                elements.push(Element { name: tag.name().0.to_owned(), attributes, text: String::new() });
            }
            Event::End(_) => {
                open.pop();
            }
            Event::Decl(_) => {}
            other => panic!("{other:?} in {source}"),
        }
    }
    assert!(open.is_empty(), "{source}");
    Document { elements }
}

impl Document {
    pub fn texts(&self, name: &str) -> Vec<String> {
        self.elements.iter().filter(|element| element.name == name).map(|element| element.text.clone()).collect()
    }

    pub fn text(&self, name: &str) -> String {
        self.texts(name).concat()
    }

    pub fn attribute(&self, name: &str, attribute: &str) -> Option<String> {
        let element = self.elements.iter().find(|element| element.name == name)?;
        element.attributes.iter().find(|(found, _)| found == attribute).map(|(_, value)| value.clone())
    }
}
