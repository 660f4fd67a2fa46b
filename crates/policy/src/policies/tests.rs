use std::collections::HashSet;

use super::*;
use crate::grammar::{Content, ElementSpec, Nested, Scopes, Sections, TextNeed};

/// Every element of every policy, with the path to it.
fn elements() -> Vec<(String, &'static ElementSpec)> {
    fn walk(path: &str, spec: &'static ElementSpec, all: &mut Vec<(String, &'static ElementSpec)>) {
        let path = format!("{path}/{}", spec.name);
        all.push((path.clone(), spec));
        for child in spec.children {
            walk(&path, child.spec, all);
        }
    }
    let mut all = Vec::new();
    for entry in POLICIES {
        walk("", &entry.spec.root, &mut all);
    }
    all
}

#[test]
fn every_policy_stands_once_and_is_described() {
    let mut names = HashSet::new();
    let mut titles = HashSet::new();
    for PolicyEntry { spec, compile } in POLICIES {
        let name = spec.element();
        assert!(names.insert(name), "{name} stands twice");
        assert!(titles.insert(spec.title), "{name} has a title of another");
        assert!(spec.summary.ends_with('.'), "{name}: {}", spec.summary);
        let in_resolver = spec.sections == Sections::NONE;
        assert_eq!(in_resolver, spec.scopes == Scopes::NONE, "{name}");
        if let Compile::NotYet(missing) = compile {
            assert!(!missing.is_empty() && !missing.ends_with('.'), "{name}");
        }
    }
}

#[test]
fn chapters_follow_each_other() {
    let chapters: Vec<_> = POLICIES.iter().map(|p| p.spec.category).collect();
    assert!(chapters.is_sorted(), "{chapters:?}");
}

#[test]
fn every_element_and_attribute_is_described_once() {
    for (path, spec) in elements() {
        assert!(
            path.matches('/').count() == 1 || spec.meaning.ends_with('.'),
            "{path}"
        );
        let mut names = HashSet::new();
        for attribute in spec.attributes {
            let name = attribute.name;
            assert!(names.insert(name), "{path}/@{name} stands twice");
            let meaning = attribute.meaning;
            assert!(
                !meaning.is_empty() && !meaning.ends_with('.'),
                "{path}/@{name}"
            );
            if let Some(default) = attribute.default {
                assert_eq!(attribute.kind.accepts(default), Ok(()), "{path}/@{name}");
            }
        }
        for child in spec.children {
            assert!(
                names.insert(child.spec.name),
                "{path}/{} stands twice",
                child.spec.name
            );
        }
        if spec.text.need != TextNeed::Forbidden {
            assert!(!spec.text.meaning.is_empty(), "{path}");
        }
        if spec.content == Content::Foreign {
            assert!(
                !spec.holds_elements() && spec.attributes.is_empty(),
                "{path}"
            );
        }
    }
}

#[test]
fn what_a_specification_names_exists() {
    for (path, spec) in elements() {
        for choice in spec.choices {
            for name in choice.of {
                let known = spec.attribute(name).is_some() || spec.child(name).is_some();
                assert!(known, "{path}: {name}");
            }
        }
        let nested: Vec<&str> = match spec.policies {
            Nested::None | Nested::Any => Vec::new(),
            Nested::Only(policies) => policies.iter().map(|p| p.name).collect(),
            Nested::Steps(names) => names.to_vec(),
        };
        for name in nested {
            assert!(find(name).is_some(), "{path}: {name}");
        }
    }
}
