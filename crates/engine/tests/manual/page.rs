//! Markdown: headings and the fenced blocks below them.

/// One page.
#[derive(Debug)]
pub(crate) struct Page {
    /// Its sections, the title first.
    pub(crate) sections: Vec<Section>,
}

/// A heading and what stands below it, up to the next heading.
#[derive(Debug)]
pub(crate) struct Section {
    /// The heading's text.
    pub(crate) title: String,
    /// Its fenced blocks.
    pub(crate) blocks: Vec<Block>,
}

/// A fenced block.
#[derive(Debug)]
pub(crate) struct Block {
    /// What follows the opening fence.
    pub(crate) info: String,
    /// What stands in it; every line with its end.
    pub(crate) text: String,
    /// The line of the opening fence, from 1.
    pub(crate) line: usize,
}

const FENCE: &str = "```";

impl Page {
    /// Takes a page apart.
    pub(crate) fn read(text: &str) -> Self {
        let mut sections: Vec<Section> = Vec::new();
        let mut lines = text.lines().zip(1..);
        while let Some((line, number)) = lines.next() {
            if let Some(info) = line.strip_prefix(FENCE) {
                let inside = lines.by_ref().take_while(|(line, _)| *line != FENCE);
                let text = inside.fold(String::new(), |all, (line, _)| all + line + "\n");
                let block = Block {
                    info: info.trim().to_owned(),
                    text,
                    line: number,
                };
                if let Some(section) = sections.last_mut() {
                    section.blocks.push(block);
                }
            } else if line.starts_with('#') {
                sections.push(Section {
                    title: line.trim_start_matches('#').trim().to_owned(),
                    blocks: Vec::new(),
                });
            }
        }
        Self { sections }
    }
}

#[test]
fn a_page_is_headings_and_blocks() {
    let page = Page::read("# a\n\ntext\n## b\n```xml api\n# no heading\n<x/>\n```\n## c\n");
    let titles: Vec<&str> = page.sections.iter().map(|s| &*s.title).collect();
    assert_eq!(titles, ["a", "b", "c"]);
    let [block] = &*page.sections[1].blocks else {
        panic!("one block")
    };
    let expect = ("xml api", "# no heading\n<x/>\n", 5);
    assert_eq!((&*block.info, &*block.text, block.line), expect);
}
