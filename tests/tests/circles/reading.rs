//! What the files of a crate say: its modules, the names each has or borrows, and the paths it writes.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use syn::{Attribute, Ident, ImplItemFn, Item, ItemMod, Macro, Meta, Path, UseTree, visit::Visit};

/// Text by the file's path, with slashes, from the project's root.
pub type Texts = BTreeMap<String, String>;

/// A module. A crate's are in one list, its root first and each parent before its children.
#[derive(Default)]
pub struct Module {
    /// From the root, which has no name, down.
    pub path: Vec<String>,
    /// The file it is written in; a module written within another has that one's.
    pub file: String,
    pub parent: Option<usize>,
    pub children: BTreeMap<String, usize>,
    /// What is defined here, modules aside.
    pub items: BTreeSet<String>,
    pub uses: Vec<Use>,
    /// The paths in code, in macros and in attributes, `use` aside.
    pub mentions: Vec<Mention>,
}

/// One name that a `use` brings.
pub struct Use {
    /// Under which name; nothing for a `*`.
    pub name: Option<String>,
    pub mention: Mention,
}

/// A path that is written, and in which line.
#[derive(Clone)]
pub struct Mention {
    pub segments: Vec<String>,
    pub line: usize,
}

impl Mention {
    fn of(idents: &[&Ident]) -> Self {
        Self {
            segments: idents.iter().map(ToString::to_string).collect(),
            line: idents.first().map_or(0, |ident| ident.span().start().line),
        }
    }
}

/// Reads the modules of the crate whose root is the file `root`, without those that are compiled for tests only.
///
/// # Panics
/// Where a file is missing or is not Rust.
pub fn read(root: &str, texts: &Texts) -> Vec<Module> {
    let folder = root.rsplit_once('/').expect("a root lies in a folder").0.to_owned();
    let mut reader = Reader { texts, modules: Vec::new(), at: 0, folder };
    reader.file(root.to_owned(), Module::default());
    reader.modules
}

struct Reader<'a> {
    texts: &'a Texts,
    modules: Vec<Module>,
    /// The module that is being read.
    at: usize,
    /// Where the files of its children lie.
    folder: String,
}

impl Reader<'_> {
    fn here(&mut self) -> &mut Module {
        &mut self.modules[self.at]
    }

    /// Reads the module that fills `file`.
    fn file(&mut self, file: String, module: Module) {
        let text = self.texts.get(&file).unwrap_or_else(|| panic!("{file} is not there"));
        let parsed = syn::parse_file(text).unwrap_or_else(|error| panic!("{file}: {error}"));
        self.items(&parsed.items, Module { file, ..module });
    }

    fn items(&mut self, items: &[Item], module: Module) {
        let before = self.at;
        self.at = self.modules.len();
        self.modules.push(module);
        for item in items {
            if let Some(ident) = name(item) {
                self.here().items.insert(ident.to_string());
            }
            self.visit_item(item);
        }
        self.at = before;
    }

    fn module(&mut self, item: &ItemMod) {
        let name = item.ident.to_string();
        let child = self.modules.len();
        let (at, folder) = (self.at, format!("{}/{name}", self.folder));
        self.here().children.insert(name.clone(), child);
        let path = [self.here().path.clone(), vec![name]].concat();
        let module = Module { path, parent: Some(at), ..Module::default() };
        let above = std::mem::replace(&mut self.folder, folder.clone());
        match &item.content {
            Some((_, items)) => {
                let file = self.here().file.clone();
                self.items(items, Module { file, ..module });
            }
            None => {
                let candidates = [format!("{folder}.rs"), format!("{folder}/mod.rs")];
                let file = candidates.into_iter().find(|file| self.texts.contains_key(file));
                self.file(file.unwrap_or_else(|| panic!("{folder}: no file of this module")), module);
            }
        }
        self.folder = above;
    }

    fn borrow<'u>(&mut self, tree: &'u UseTree, before: &[&'u Ident]) {
        let with = |ident: &'u Ident| [before, &[ident]].concat();
        let (name, path) = match tree {
            UseTree::Path(path) => return self.borrow(&path.tree, &with(&path.ident)),
            UseTree::Group(group) => return group.items.iter().for_each(|tree| self.borrow(tree, before)),
            UseTree::Name(leaf) if leaf.ident == "self" => (before.last().map(ToString::to_string), before.to_vec()),
            UseTree::Rename(leaf) if leaf.ident == "self" => (Some(leaf.rename.to_string()), before.to_vec()),
            UseTree::Name(leaf) => (Some(leaf.ident.to_string()), with(&leaf.ident)),
            UseTree::Rename(leaf) => (Some(leaf.rename.to_string()), with(&leaf.ident)),
            UseTree::Glob(_) => (None, before.to_vec()),
        };
        let mention = Mention::of(&path);
        self.here().uses.push(Use { name, mention });
    }

    /// Finds paths where nobody has parsed them: within macros and attributes.
    fn scan(&mut self, tokens: TokenStream) {
        let mut path: Vec<Ident> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.scanned(&std::mem::take(&mut path));
                    }
                    path.push(ident);
                    colons = 0;
                }
                other => {
                    self.scanned(&std::mem::take(&mut path));
                    colons = 0;
                    match other {
                        TokenTree::Group(group) => self.scan(group.stream()),
                        TokenTree::Literal(literal) => self.quoted(&literal),
                        _ => {}
                    }
                }
            }
        }
        self.scanned(&path);
    }

    fn scanned(&mut self, path: &[Ident]) {
        if !path.is_empty() {
            let mention = Mention::of(&path.iter().collect::<Vec<_>>());
            self.here().mentions.push(mention);
        }
    }

    /// `#[serde(with = "crate::clock")]` is a path, too.
    fn quoted(&mut self, literal: &proc_macro2::Literal) {
        let text = literal.to_string();
        let text = text.trim_matches('"');
        if ["crate::", "super::", "self::"].iter().any(|start| text.starts_with(start)) {
            let segments = text.split("::").map(str::to_owned).collect();
            let line = literal.span().start().line;
            self.here().mentions.push(Mention { segments, line });
        }
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if attributes(item).iter().any(is_for_tests) {
            return;
        }
        match item {
            Item::Mod(item) => self.module(item),
            Item::Use(item) if item.leading_colon.is_none() => self.borrow(&item.tree, &[]),
            Item::Use(_) => {}
            other => syn::visit::visit_item(self, other),
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        if !item.attrs.iter().any(is_for_tests) {
            syn::visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_path(&mut self, path: &'ast Path) {
        if path.leading_colon.is_none() {
            let mention = Mention::of(&path.segments.iter().map(|segment| &segment.ident).collect::<Vec<_>>());
            self.here().mentions.push(mention);
        }
        syn::visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, called: &'ast Macro) {
        self.visit_path(&called.path);
        self.scan(called.tokens.clone());
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let Meta::List(list) = &attribute.meta {
            self.scan(list.tokens.clone());
        }
    }
}

fn is_for_tests(attribute: &Attribute) -> bool {
    let Meta::List(list) = &attribute.meta else { return false };
    let condition = list.tokens.to_string();
    list.path.is_ident("cfg")
        && (condition == "test" || condition.starts_with("all (test") || condition.starts_with("all(test"))
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn name(item: &Item) -> Option<&Ident> {
    match item {
        Item::Const(item) => Some(&item.ident),
        Item::Enum(item) => Some(&item.ident),
        Item::Fn(item) => Some(&item.sig.ident),
        Item::Macro(item) => item.ident.as_ref(),
        Item::Static(item) => Some(&item.ident),
        Item::Struct(item) => Some(&item.ident),
        Item::Trait(item) => Some(&item.ident),
        Item::Type(item) => Some(&item.ident),
        _ => None,
    }
}
