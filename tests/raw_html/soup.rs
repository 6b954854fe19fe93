//! HTML as nobody should write it, and HTML that is in order, for property tests.

use proptest::prelude::*;
use proptest::sample::select;

const NAMES: &str = "div p b i a span table tr td th tbody thead caption colgroup col ul ol li dl dt dd details summary template \
    select option optgroup svg math mi mtext annotation-xml foreignObject desc title script style textarea noscript iframe xmp \
    plaintext main body html head frameset frame form button nobr h2 h3 font code em strong pre blockquote section footer header \
    ruby rt rp rtc rb object applet marquee center address search dialog input br hr img image base link meta label x-y noembed \
    noframes listing video source s u small del g circle mglyph";

const ATTRIBUTES: &str = r#"| | | class=x| id='i'| href="o.md"| href=#p| src=s.png| title="<div>"| title='</noscript>'| a=b/| x="| y='
    | onclick=z| encoding=text/html| color=red| type=hidden| = | "| href='javascript:x'| a/| href=&#106;avascript:x
    | href="java&Tab;script&colon;x"| src=data:text/html,x| srcset='a.png 1x, javascript:x 2x'| style=x| id=gp-main| id=fn-1| name=i
    | rel=opener| srcdoc='<b>'| xlink:href=javascript:x| href='//x.org'| href=vbscript:x| cite=data:x| HREF='x:y'| href=http:x
    | title="</noscript></div></main></table>"| poster="javascript&#58;x"| class='"><script>'| lang="a&quot;b"| title=`x`"#;

const ENDS: &str = ">|>|>|>|>|/>| >||\n>";

const ODDITIES: &str = "<|</|<!|<?|<!--|-->|--!>|<!-->|<![CDATA[|]]>|?>|>|\"|'|&|&lt;|&#60;|<!doctype html>|</>|</ x>|<!x>|<script><!--|<script>\
    |</script>|<!--</noscript>-->|word|word | |=|<<b>|<!---|</p>|</br>|<div>|</div>|<a>|</a>|<table>|<svg>|</svg>|<td>|</body>|</main>|&amp\
    |&NewLine;|</noscript>| href=' \u{1}JaVaScRiPt:x'";

/// One a line, with `↵` for a line's end.
const MARKDOWN: &str = "↵\n↵↵\n↵↵\n↵- \n↵  \n↵↵  \n↵> \n↵> > \n↵1. \n↵↵# \n↵## \n↵- [ ] \n↵- [x] a↵↵  \n*\n**\n~~\n`c`\n[l](o.md)\n[\n](o.md)\n\
    ![a](s.png)\n![\n](s.png)\n[^1]\n↵↵[^1]: \n[[o]]\n<https://x.org>\n https://x.org/a \n↵↵| a | b |↵|---|---|↵| \n | \n |↵\n\\↵\n\
    ↵↵```↵x↵```↵\n↵↵    x↵\n↵---↵\n↵↵> [!NOTE]↵> \nword\n word \n<!-- more -->";

fn one_of(list: &'static str, separator: char) -> impl Strategy<Value = String> {
    select(list.split(separator).map(|one| one.trim_end_matches("\n    ").replace('↵', "\n")).collect::<Vec<_>>())
}

fn tag() -> impl Strategy<Value = String> {
    let names = select(NAMES.split_whitespace().collect::<Vec<_>>());
    (names, one_of(ATTRIBUTES, '|'), one_of(ENDS, '|'), 0..3u8).prop_map(|(name, attribute, end, kind)| match kind {
        0 => format!("</{name}{attribute}{end}"),
        _ => format!("<{name}{attribute}{end}"),
    })
}

/// HTML as nobody should write it, with Markdown in between.
pub fn soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![5 => tag(), 2 => one_of(ODDITIES, '|'), 3 => one_of(MARKDOWN, '\n')];
    prop::collection::vec(piece, 1..24).prop_map(|pieces| pieces.concat())
}

/// The same on one line, without a sign that begins or ends a piece of Markdown.
pub fn line_of_soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![5 => tag(), 2 => one_of(ODDITIES, '|')];
    prop::collection::vec(piece, 1..12).prop_map(|pieces| pieces.concat().replace('\n', " "))
}

const FINE_ATTRIBUTES: &str =
    "class=\"a b\"|CLASS=x|data-x='1 \"2\"'|title=\"a > b &amp; <c>\"|hidden|lang=de|id=\"i\"|a=b/c|aria-label = \"x\"|x='\n'";

/// One a line.
const FINE_PHRASES: &str = r#"text 
a &amp; b &lt; 
1 < 2 
<br>
<br/>
<img src="https://example.com/a.png" alt="">
<wbr>
<!-- c > d -->
<input disabled>
<svg viewBox="0 0 1 1"><g><path d="M0"/><title>t</title></g><foreignObject><p>x</p></foreignObject><![CDATA[ <p> ]]></svg>
<math><mi>x</mi><mo>=</mo></math>
<select><optgroup><option>a<option selected>b<optgroup><option>c</option></select>
<ruby>a<rp>(<rt>b<rp>)</ruby>
<textarea> <b> </textarea>
<script>if (a < b) { "<p>" }</script>
<script><!-- <script> </script> --></script>
<iframe src="https://example.com/"></iframe>
<template><li>x</li></template>
<x-y>z</x-y>
<datalist><option>a<option>b</datalist>
<style>p > a { }</style>
<?php x ?>
<object data="https://example.com/"><param name=x></object>
<noscript>x</noscript>
<button>x</button>
<a href="https://example.com/?a=1&b=2">x</a>
<audio controls><source src='https://example.com/a.mp3'></audio>"#;

fn attributes() -> impl Strategy<Value = String> {
    let one = select(FINE_ATTRIBUTES.split('|').collect::<Vec<_>>());
    prop::collection::vec(one, 0..3).prop_map(|attributes| attributes.iter().map(|attribute| format!(" {attribute}")).collect())
}

fn element(name: &'static str, inner: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let end = select(vec![format!("</{name}>"), format!("</{} >", name.to_uppercase())]);
    (attributes(), inner, end).prop_map(move |(attributes, inner, end)| format!("<{name}{attributes}>{inner}{end}"))
}

fn several(inner: impl Strategy<Value = String> + 'static) -> BoxedStrategy<String> {
    prop::collection::vec(inner, 0..4).prop_map(|pieces| pieces.concat()).boxed()
}

/// An element whose end tag is left out now and then.
fn item(name: &'static str, inner: BoxedStrategy<String>) -> BoxedStrategy<String> {
    let item = (inner, any::<bool>());
    item.prop_map(move |(inner, is_closed)| {
        format!("<{name}>{inner}{}", if is_closed { format!("</{name}>") } else { String::new() })
    })
    .boxed()
}

/// Text, and elements that stand in it.
fn phrasing() -> BoxedStrategy<String> {
    let leaf = select(FINE_PHRASES.lines().chain(["\n"]).map(str::to_owned).collect::<Vec<_>>());
    leaf.prop_recursive(4, 24, 4, |inner| {
        let inner = several(inner);
        prop_oneof![
            element("b", inner.clone()),
            element("span", inner.clone()),
            element("code", inner.clone()),
            element("del", inner.clone()),
            element("label", inner.clone()),
            element("em", inner),
        ]
    })
    .boxed()
}

/// HTML that is in order.
pub fn flow() -> BoxedStrategy<String> {
    let text = several(phrasing());
    let leaf = prop_oneof![
        element("p", text.clone()),
        element("h3", text.clone()),
        element("pre", text.clone()),
        Just("<hr>".to_owned()),
        text.clone(),
        element("div", text),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        let inner = several(inner);
        let rows = several(item("tr", several(prop_oneof![item("td", inner.clone()), item("th", inner.clone())])));
        let parts = (inner.clone(), rows.clone())
            .prop_map(|(caption, rows)| format!("<caption>{caption}</caption><colgroup><col><thead>{rows}<tbody>{rows}"));
        prop_oneof![
            element("div", inner.clone()),
            element("section", inner.clone()),
            element("blockquote", inner.clone()),
            element("figure", inner.clone()),
            element("ul", several(item("li", inner.clone()))),
            element("dl", several(prop_oneof![item("dt", inner.clone()), item("dd", inner.clone())])),
            element("table", rows),
            element("table", parts),
            element("details", inner.clone().prop_map(|inner| format!("<summary>s</summary>{inner}"))),
            element("article", inner.prop_map(|inner| format!("<p>a{inner}"))),
        ]
    })
    .boxed()
}
