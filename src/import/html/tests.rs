//! HTML and the very Markdown that it becomes.

use super::*;

fn markdown(html: &str) -> String {
    convert(html, &[], &mut AsWritten).markdown
}

/// Checks all, and says of all that are wrong what they became.
fn check(cases: &[(&str, &str)]) {
    let wrong: Vec<String> = cases
        .iter()
        .map(|(html, expected)| (html, expected, markdown(html)))
        .filter(|(_, expected, became)| became.trim_end_matches('\n') != **expected)
        .map(|(html, expected, became)| format!("{html}\n--- became\n{became}--- and not\n{expected}\n"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn paragraphs_and_line_ends() {
    check(&[
        ("<p>One\n  two</p><p>Three</p>", "One two\n\nThree"),
        ("One<div>two</div>three", "One\n\ntwo\n\nthree"),
        ("<p>a<br>b<br/></p>", "a\\\nb"),
        ("<p>a<br><br>b</p>", "a\n\nb"),
        ("<p>&nbsp;</p><p>a&nbsp; b&nbsp;</p>", "a b"),
        ("<p>10&nbsp;km&nbsp;far</p>", "10\u{a0}km far"),
        ("", ""),
        ("<p></p><div> </div>", ""),
        ("<h1>A</h1><h2>B <br>c</h2><h3><strong>d</strong></h3><h6></h6>", "## A\n\n## B c\n\n### **d**"),
        ("a<hr>b", "a\n\n---\n\nb"),
        ("<hr><p>b</p>", "***\n\nb"),
        ("<p>a</p><!--more--><p>b</p><!-- c --><!--nextpage-->", "a\n\n<!--more-->\n\nb"),
        ("<p>a<!--more-->b</p>", "a\n\n<!--more-->\n\nb"),
    ]);
}

#[test]
fn text_that_needs_no_escaping_has_none() {
    for text in [
        "Hello_world, 5 * 3, a - b, What? [sic] AT&T",
        "C# and F#, 3 < 4, 5 > 4, {a}, 50% (or so)",
        "Note* and 1.5 and #hashtag and -5 and +49 30",
        "~5 people, $5, x^2, a|b, x = y: \"quoted\" it's",
        "https://example.org/a_b is bare",
        "2026 was good",
        "C:\\Users",
    ] {
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
        assert_eq!(markdown(&format!("<p>{escaped}</p>")), format!("{text}\n"));
    }
}

#[test]
fn text_that_would_mean_something_is_escaped() {
    check(&[
        ("1. Say", "1\\. Say"),
        ("<a href=x><code>[a]:</code></a>", "[<code>\\[a\\]:</code>](x)"),
        ("<b>a<br>**&nbsp;<i>b</i>c</b>", "**a\\\n\\*\\* *b*c**"),
        ("2) Say", "2\\) Say"),
        ("- a", "\\- a"),
        ("+ a", "\\+ a"),
        ("* a", "\\* a"),
        ("# a", "\\# a"),
        ("&gt; a", "\\> a"),
        ("---", "\\---"),
        ("a<br>===", "a\\\n\\==="),
        ("a|b<br>-|-", "a|b\\\n\\-|-"),
        ("*a* _b_", "\\*a\\* \\_b\\_"),
        ("[a](b)", "\\[a](b)"),
        ("[[a]]", "\\[\\[a]]"),
        ("[^1] [x]", "\\[^1] [x]"),
        ("[x] a", "\\[x] a"),
        ("[a]: b", "\\[a]: b"),
        ("`a`", "\\`a\\`"),
        ("&amp;amp; &lt;b&gt;", "\\&amp; \\<b>"),
        ("&lt;&amp;@b> &lt;3", "\\<&@b> <3"),
        ("~~a~~", "\\~\\~a\\~\\~"),
        ("<h2>a {#b}</h2>", "## a {#b\\}"),
        ("<h2>a #</h2>", "## a \\#"),
        ("a\\", "a\\\\"),
        ("<blockquote>[!NOTE]<br>a</blockquote>", "> \\[!NOTE]\\\n> a"),
    ]);
}

#[test]
fn emphasis_is_written_where_it_is_read() {
    check(&[
        ("<b>a</b> <strong>b</strong>", "**a** **b**"),
        ("<b>a</b><strong>b</strong>", "**ab**"),
        ("<b><b>x</b></b>", "**x**"),
        ("a<b> x </b>b", "a **x** b"),
        ("<em>a</em>b", "*a*b"),
        ("<i>a</i><b>b</b>", "_a_**b**"),
        ("<b><i>a</i></b>", "**_a_**"),
        ("<i>a <b>b</b> c</i>", "*a **b** c*"),
        ("a<b>\"b\"</b>c", "a<strong>\"b\"</strong>c"),
        ("<strong><p>a</p><p>b</p></strong>", "**a**\n\n**b**"),
        ("<b>a<br>b</b><br>c", "**a\\\nb**\\\nc"),
        ("<s>a</s> <del>b</del> <strike>c</strike>", "~~a~~ ~~b~~ ~~c~~"),
        ("<b></b><i> </i>a", "a"),
        ("<span style='color:red'>a</span><font>b</font>", "ab"),
    ]);
}

#[test]
fn links_and_pictures() {
    check(&[
        ("<a href='https://x.org/a b' title='T \"q\"'>w</a>", "[w](https://x.org/a%20b \"T \\\"q\\\"\")"),
        ("<a href='https://x.org/'>https://x.org/</a>", "<https://x.org/>"),
        ("<a href='https://x.org/?a&amp;b=1'>https://x.org/?a&amp;b=1</a>", "<https://x.org/?a&b=1>"),
        ("<a href='mailto:a@x.org'>a@x.org</a>", "<a@x.org>"),
        ("<a href='https://x.org/'></a>a", "a"),
        ("<a href='javascript:alert(1)'>w</a>", "w"),
        ("<a href='u'><img src='p.png' alt='A [b]'></a>", "[![A \\[b\\]](p.png)](u)"),
        ("<img src='p.png'>", "![](p.png)"),
        ("<img src='p.png' alt='a' title='t'>", "![a](p.png \"t\")"),
        ("<img src='data:image/gif;base64,R0' data-src='p.png'>", "![](p.png)"),
        ("<a href='u'><div><h2>a</h2><p>b</p></div></a>", "## [a](u)\n\n[b](u)"),
        ("Wow!<a href='u'>a</a>", "Wow\\![a](u)"),
        ("<a href='u'><b> a </b></a>", "[**a**](u)"),
        ("<b><a href='u'>a</a> b</b>", "**[a](u) b**"),
        ("<a href='a(b'>[a]</a>", "[\\[a\\]](a\\(b)"),
        ("<h2 id='x'>A</h2><a href='#x'>a</a>", "## A {#x}\n\n[a](#x)"),
        ("<h2><a name='x'></a>A</h2><a href='#x'>a</a>", "## A {#x}\n\n[a](#x)"),
        ("<h2><img src=a.png></h2><h3><img src=a.png alt=a></h3>", "![](a.png)\n\n### ![a](a.png)"),
        ("<p><a name='x'></a>A <a href='#x'>a</a></p><p id='y'>b</p>", "<a id=\"x\"></a>A [a](#x)\n\nb"),
        ("<div class='wp-block-button'><a class='wp-block-button__link' href='u'>Go</a></div>", "[Go](u)"),
    ]);
}

#[test]
fn lists() {
    check(&[
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("<ol start='3'><li>a<li>b</ol>", "3. a\n4. b"),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n  - b\n- c"),
        ("<ul><li>a</li><ul><li>b</li></ul></ul>", "- a\n  - b"),
        ("<ol><li>a<ol start=2><li>b</li></ol></li></ol>", "1. a\n\n   2. b"),
        ("<ul><li><p>a</p><p>b</p></li><li>c</li></ul>", "- a\n\n  b\n\n- c"),
        ("<ul><li>a</li></ul><ul><li>b</li></ul>", "- a\n\n+ b"),
        ("<p>x</p><ul><li>a</li></ul><p>y</p>", "x\n\n- a\n\ny"),
        ("<ul><li><input type=checkbox> a</li><li><label><input type=checkbox checked>b</label></li></ul>", "- [ ] a\n- [x] b"),
        ("<ul><li><pre>x\ny</pre></li></ul>", "- ```\n  x\n  y\n  ```"),
        ("<ul><li></li><li>a</li></ul>", "- a"),
        ("<ol><li></li><li>a</li><li></li><li>b</li><li></li></ol>", "2. a\n3.\n4. b"),
        ("<blockquote><ul><li>a</li></ul></blockquote>", "> - a"),
        ("<ul><li>a<br>b</li></ul>", "- a\\\n  b"),
    ]);
}

#[test]
fn what_is_read_aloud_is_text_between_its_tags() {
    check(&[
        ("<p><ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby> a</p>", "<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby> a"),
        ("<p><ruby>a`<rt>*b* [c] &lt;</rt></ruby></p>", "<ruby>a&#96;<rt>&#42;b&#42; &#91;c&#93; &lt;</rt></ruby>"),
    ]);
}

#[test]
fn quotes() {
    check(&[
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"),
        ("<blockquote><p>a</p><cite>Jane</cite></blockquote>", "> a\n>\n> — Jane"),
        ("<blockquote>a<footer>— J</footer></blockquote><blockquote></blockquote>", "> a\n>\n> — J"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>c", "> a\n>\n> > b\n\nc"),
    ]);
}

#[test]
fn code() {
    check(&[
        ("<code>a`b</code>", "``a`b``"),
        ("<kbd>`</kbd>", "`` ` ``"),
        ("a<code> b </code>c", "a `b` c"),
        ("<pre><code class='language-rust'>fn a() {\n\n}\n</code></pre>", "```rust\nfn a() {\n\n}\n```"),
        ("<pre class='brush: php; title: x'>a<br>b</pre>", "```php\na\nb\n```"),
        ("<pre>```</pre>", "````\n```\n````"),
        ("<pre class='wp-block-verse'>a\n  <em>b</em></pre>", "a\\\n*b*"),
    ]);
}

#[test]
fn tables() {
    check(&[
        (
            "<table><thead><tr><th>a</th><th style='text-align:right'>b</th></tr></thead>\
             <tbody><tr><td>c|d</td><td style='text-align: right'><code>e|f</code></td></tr></tbody></table>",
            "| a | b |\n| --- | ---: |\n| c\\|d | `e\\|f` |",
        ),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c<br>d</td></tr></table>", "| | |\n| --- | --- |\n| a | b |\n| c d | |"),
        (
            "<table><caption>Cap</caption><tr><td><b>a</b></td><td><b>b</b></td></tr><tr><td>c</td><td>d</td></tr></table>",
            "*Cap*\n\n| a | b |\n| --- | --- |\n| c | d |",
        ),
        (
            "<table class='x'><tr><td colspan=2>a</td></tr>\n\n<tr><td>b<td>c</tr></table>",
            "<table><tbody><tr><td colspan=\"2\">a</td></tr>\n<tr><td>b</td><td>c</td></tr></tbody></table>",
        ),
        ("<table><tr><td><p>a</p><p>b</p></td></tr></table>", "a\n\nb"),
        ("<table><tr><th>a</th></tr><tr><td>b</td></tr></table>", "| a |\n| --- |\n| b |"),
        (
            "<figure class='wp-block-table'><table><tr><th>a</th><th>b</th></tr></table><figcaption>c</figcaption></figure>",
            "| a | b |\n| --- | --- |\n\n*c*",
        ),
    ]);
}

#[test]
fn what_markdown_has_no_form_for_is_kept_without_its_looks() {
    check(&[
        ("x<sup style='color:red'>2</sup> H<sub>2</sub>O", "x<sup>2</sup> H<sub>2</sub>O"),
        ("<abbr title='Human Resources'>HR</abbr> <abbr>x</abbr>", "<abbr title=\"Human Resources\">HR</abbr> x"),
        (
            "<dl class=x><dt onclick='a()'>a</dt>\n\n<dd>b *c* <script>x</script></dd></dl>",
            "<dl><dt>a</dt>\n<dd>b *c* </dd></dl>",
        ),
        (
            "<details open><summary>a</summary><pre>b\n\nc</pre></details>",
            "<details open><summary>a</summary><pre>b&#10;&#10;c</pre></details>",
        ),
        ("<u>a <b>b</b></u>", "<u>a **b**</u>"),
    ]);
    let notes = convert("<sup>a</sup><sup>b</sup><dl><dt>a</dl><script>x</script>", &[], &mut AsWritten).notes;
    assert_eq!(notes, [(Note::LeftOut("script".into()), 1), (Note::Kept("dl".into()), 1), (Note::Kept("sup".into()), 2)]);
}

#[test]
fn figures_and_what_is_embedded() {
    check(&[
        ("<figure><img src=a.png alt=a><figcaption>A <em>b</em></figcaption></figure>", "![a](a.png)\n\n*A b*"),
        (
            "<p>a<iframe src='https://www.youtube.com/embed/abc?x=1' title='Film'></iframe>b</p>",
            "a\n\n[Film](https://www.youtube.com/watch?v=abc)\n\nb",
        ),
        ("<video><source src='a.mp4'>no</video>", "[a.mp4](a.mp4)"),
        ("<iframe src='//player.vimeo.com/video/12'></iframe>", "<https://vimeo.com/12>"),
        ("<form><label>a</label></form><noscript>a</noscript><svg><title>a</title></svg><template>a</template>b", "b"),
    ]);
}

#[test]
fn footnotes() {
    let notes = [
        Footnote { id: "b".into(), html: "Second <em>x</em>".into() },
        Footnote { id: "a".into(), html: "First <a href='#a-link'>↩</a>".into() },
    ];
    let html = "x<sup data-fn=\"a\" class=\"fn\"><a href=\"#a\" id=\"a-link\">1</a></sup> y<sup data-fn=b>2</sup> z<sup data-fn=a>1</sup>";
    let converted = convert(html, &notes, &mut AsWritten);
    assert_eq!(converted.markdown, "x[^1] y[^2] z[^1]\n\n[^1]: First\n\n[^2]: Second *x*\n");
    check(&[
        (
            "<p>a<sup><a href='#fn1' id='ref1'>1</a></sup></p><ol><li id='fn1'>Note <a href='#ref1'>↩</a></li></ol>",
            "a[^1]\n\n[^1]: Note",
        ),
        (
            "<p>a<sup><u href='#n'>1</u></sup></p><ol><li id='n'>No note</li></ol>",
            "a<sup><u>1</u></sup>\n\n1. <a id=\"n\"></a>No note",
        ),
        ("<p>a</p><form><sup><a href='#n'>1</a></sup></form><ol><li id='n'>Note</li></ol><p>b</p>", "a\n\nb\n\nNote"),
        (
            "<dl>a<sup><a href='#n'>1</a></sup><ol><li id='n'>Note</li></ol></dl>",
            "<dl>a<sup><a href=\"#n\">1</a></sup><ol><li id=\"n\">Note</li></ol></dl>",
        ),
    ]);
}

#[test]
fn the_words_of_html_are_those_that_are_shown() {
    let mut words = String::new();
    text("a<b>b</b><p>c<script>d</script></p>e<br>f<!-- g --><style>h</style> i &amp; j", &mut words);
    assert_eq!(words, "ab c e f i & j");
}

#[test]
fn what_nobody_writes_ends_soon_and_overflows_nothing() {
    let many = |piece: &str, count: usize| piece.repeat(count);
    for html in [
        many("<div>", 100_000) + "x",
        many("<b>", 100_000) + "x",
        many("<a href=x>", 100_000) + "x",
        many("<table>", 100_000) + "x",
        many("<table><tr><td>", 100_000) + "x",
        many("<", 1_000_000) + " x",
        many("<ul><li>", 100_000) + "x",
        many("<blockquote>", 100_000) + "x",
        many("<p><b id=1>", 1) + &(0..50_000).map(|n| format!("<p><b id=b{n}>y")).collect::<String>() + "x",
        many("<b><div>", 50_000) + "x",
        many("<table><b>", 50_000) + "x",
        "x".to_owned() + &many("<svg>", 50_000),
        many("<sup>", 50_000) + "x",
        many("*", 100_000) + "x",
        many("<li>", 100_000) + "x",
        many("<ol><li>", 30_000) + &many("<li>", 100_000) + "x",
        "<ol><li>x".to_owned() + &many("<li>", 50_000) + "y",
        "<ol><li>x".to_owned() + &many("<li>", 50_000),
        many("_a ", 50_000) + "x",
        many("<a href=x>x</a>", 50_000),
        many("<sup><a href=#a>x</a></sup><ol><li id=a>x</ol>", 20_000),
        // Footnotes made by hand, of one list.
        (0..50_000).map(|n| format!("<sup><a href=#n{n}>x</a></sup>")).collect::<String>()
            + "<ol>"
            + &(0..50_000).map(|n| format!("<li id=n{n}>x")).collect::<String>(),
        many("<table><tr><td>x<td>x", 20_000),
        many("<h2 id=a>x</h2><a href=#a>x</a>", 20_000),
        many("<dl><dt>x", 20_000),
        many("[", 100_000) + "x",
        many("`", 100_000) + "x",
        format!("<p {}>x", (0..1_000_000).map(|n| format!(" a{n}=1")).collect::<String>()),
        many("<p>x</p>", 50_000),
        many("<br>x", 50_000),
        many("<i>x</i> ", 50_000),
        many("<i>x<b>y</b></i>", 30_000),
    ] {
        let converted = convert(&html, &[], &mut AsWritten);
        assert!(converted.markdown.contains('x'), "{}", &html[..20]);
        let mut words = String::new();
        text(&html, &mut words);
        assert!(words.contains('x'), "{}", &html[..20]);
    }
    let deep = convert(&(many("<ul><li>", 1_000) + "x"), &[], &mut AsWritten);
    assert_eq!(deep.notes, [(Note::TooDeep, 1)]);
}
