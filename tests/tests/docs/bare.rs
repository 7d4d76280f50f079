//! Which items of a file are public and say nothing of themselves.

use std::fmt;

use syn::{Attribute, Fields, Ident, ImplItem, Item, Meta, TraitItem, Visibility};

/// What was found in a file.
#[derive(Default)]
pub struct Found {
    /// The items without documentation.
    pub bare: Vec<Bare>,
    /// How many items must have some.
    pub asked: usize,
}

/// An item without documentation.
pub struct Bare {
    pub name: String,
    line: usize,
}

impl fmt::Display for Bare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.line, self.name)
    }
}

/// Looks through the text of a file, tests aside.
///
/// # Panics
/// Where it is not Rust.
pub fn find(text: &str) -> Found {
    let file = syn::parse_file(text).unwrap();
    let mut found = Found::default();
    if !file.attrs.iter().any(is_for_tests) {
        found.ask(&file.attrs, "the file", 1);
        found.items(&file.items);
    }
    found
}

impl Found {
    fn ask(&mut self, attributes: &[Attribute], name: impl ToString, line: usize) {
        self.asked += 1;
        if !attributes.iter().any(says_something) {
            self.bare.push(Bare { name: name.to_string(), line });
        }
    }

    fn ask_item(&mut self, attributes: &[Attribute], ident: &Ident) {
        self.ask(attributes, ident, ident.span().start().line);
    }

    fn items(&mut self, items: &[Item]) {
        for item in items {
            self.item(item);
        }
    }

    fn item(&mut self, item: &Item) {
        let (attributes, visibility, ident) = match item {
            Item::Const(item) => (&item.attrs, &item.vis, &item.ident),
            Item::Enum(item) => (&item.attrs, &item.vis, &item.ident),
            Item::Fn(item) => (&item.attrs, &item.vis, &item.sig.ident),
            Item::Static(item) => (&item.attrs, &item.vis, &item.ident),
            Item::Struct(item) => (&item.attrs, &item.vis, &item.ident),
            Item::Trait(item) => (&item.attrs, &item.vis, &item.ident),
            Item::Type(item) => (&item.attrs, &item.vis, &item.ident),
            Item::Union(item) => (&item.attrs, &item.vis, &item.ident),
            Item::Mod(item) => {
                if let (Some((_, items)), false) = (&item.content, item.attrs.iter().any(is_for_tests)) {
                    if is_public(&item.vis) {
                        self.ask_item(&item.attrs, &item.ident);
                    }
                    self.items(items);
                }
                // One that is a file of its own says so there.
                return;
            }
            Item::Impl(item) if item.trait_.is_none() && !item.attrs.iter().any(is_for_tests) => {
                return item.items.iter().for_each(|item| self.member(item));
            }
            Item::Macro(item) => {
                let exported = item.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export"));
                if let (Some(ident), true) = (&item.ident, exported) {
                    self.ask_item(&item.attrs, ident);
                }
                return;
            }
            _ => return,
        };
        if !is_public(visibility) || attributes.iter().any(|attribute| is_for_tests(attribute) || is_command(attribute))
        {
            return;
        }
        self.ask_item(attributes, ident);
        match item {
            Item::Enum(item) => {
                for variant in item.variants.iter().filter(|variant| !matches!(variant.fields, Fields::Unit)) {
                    self.ask_item(&variant.attrs, &variant.ident);
                }
            }
            Item::Trait(item) => {
                for item in &item.items {
                    match item {
                        TraitItem::Const(item) => self.ask_item(&item.attrs, &item.ident),
                        TraitItem::Fn(item) => self.ask_item(&item.attrs, &item.sig.ident),
                        TraitItem::Type(item) => self.ask_item(&item.attrs, &item.ident),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn member(&mut self, item: &ImplItem) {
        let (attributes, visibility, ident) = match item {
            ImplItem::Const(item) => (&item.attrs, &item.vis, &item.ident),
            ImplItem::Fn(item) => (&item.attrs, &item.vis, &item.sig.ident),
            ImplItem::Type(item) => (&item.attrs, &item.vis, &item.ident),
            _ => return,
        };
        if is_public(visibility) && !attributes.iter().any(is_for_tests) {
            self.ask_item(attributes, ident);
        }
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// Whether it is documentation, and not an empty line of it.
fn says_something(attribute: &Attribute) -> bool {
    let Meta::NameValue(meta) = &attribute.meta else { return false };
    let syn::Expr::Lit(text) = &meta.value else { return meta.path.is_ident("doc") };
    let syn::Lit::Str(text) = &text.lit else { return false };
    meta.path.is_ident("doc") && !text.value().trim().is_empty()
}

/// A command of the page only hands on what the desk documents.
fn is_command(attribute: &Attribute) -> bool {
    let path = attribute.path().segments.iter().map(|segment| segment.ident.to_string());
    path.eq(["tauri", "command"])
}

fn is_for_tests(attribute: &Attribute) -> bool {
    let Meta::List(list) = &attribute.meta else { return false };
    list.path.is_ident("cfg") && list.tokens.to_string() == "test"
}
