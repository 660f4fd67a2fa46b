//! Ids of resources as the management API writes them: `/apis/x`, or the whole path in the cloud.

/// The segments of an id below the service; kinds compare without regard to case.
///
/// Takes the relative form and the absolute one
/// (`/subscriptions/…/Microsoft.ApiManagement/service/NAME/apis/x`).
pub(crate) fn segments(id: &str) -> Vec<&str> {
    const SERVICE: &str = "/microsoft.apimanagement/service/";
    let below = match id.to_ascii_lowercase().find(SERVICE) {
        // Lowering ASCII letters moves no byte, so the place is the same in `id`.
        Some(at) => id
            .get(at + SERVICE.len()..)
            .and_then(|named| named.split_once('/'))
            .map_or("", |(_, below)| below),
        None => id,
    };
    below.split('/').filter(|s| !s.is_empty()).collect()
}

/// The name in an id of this kind: `x` of `/apiVersionSets/x`.
pub(crate) fn name<'i>(id: &'i str, kind: &str) -> Option<&'i str> {
    match segments(id).as_slice() {
        [found, name] if found.eq_ignore_ascii_case(kind) => Some(name),
        _ => None,
    }
}

/// The API and the revision of a folder or id: `store;rev=2`.
pub(crate) fn revision(name: &str) -> Result<(&str, Option<u32>), &'static str> {
    let Some((api, rest)) = name.split_once(';') else {
        return Ok((name, None));
    };
    let number = rest.get(..4).filter(|p| p.eq_ignore_ascii_case("rev="));
    match number.and_then(|_| rest.get(4..)?.parse().ok()) {
        Some(revision) if revision > 0 => Ok((api, Some(revision))),
        _ => Err("after `;` stands `rev=` and the number of a revision, from 1"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_and_absolute_ids_name_the_same() {
        let cloud = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/n";
        for (id, kind, found) in [
            ("/apis/x", "apis", Some("x")),
            ("apis/x/", "apis", Some("x")),
            ("/APIs/X y", "apis", Some("X y")),
            (
                &format!("{cloud}/apiversionsets/x"),
                "apiVersionSets",
                Some("x"),
            ),
            (&format!("{cloud}/products/x"), "apis", None),
            (cloud, "apis", None),
            ("/workspaces/w/apis/x", "apis", None),
            ("x", "apis", None),
        ] {
            assert_eq!(name(id, kind), found, "{id}");
        }
    }

    #[test]
    fn a_revision_stands_after_a_semicolon() {
        assert_eq!(revision("a b"), Ok(("a b", None)));
        assert_eq!(revision("a;rev=12"), Ok(("a", Some(12))));
        for wrong in ["a;rev=0", "a;rev=", "a;v=1", "a;", "a;rev=x"] {
            assert!(revision(wrong).is_err(), "{wrong}");
        }
    }
}
