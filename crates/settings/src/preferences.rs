//! How a preference is declared: once, with its words, its default and its bounds. What stands in the file, what the page is
//! shown and what the page may change of it are made of that, down to the page's own types.

use std::{fmt::Display, ops::RangeInclusive};

use serde::{Deserialize, Deserializer};

use crate::SettingsError;

/// What a person can set: a value as the settings have it, and as the page has it.
pub trait Preference {
    /// What the page is shown.
    type View;
    /// What the page says to change it.
    type Change;

    /// As the page is shown it.
    fn view(&self) -> Self::View;

    /// Changes it as the page says.
    fn change(&mut self, change: Self::Change);

    /// Whether it can be used, beyond what its type says.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`], with the key below this value's own, if it has any.
    fn fits(&self) -> Result<(), SettingsError> {
        Ok(())
    }

    /// The bounds of the numbers in it.
    fn bounds() -> Vec<Bounds> {
        Vec::new()
    }
}

/// Between what a number lies that a person gives, both ends included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounds {
    /// Its key in the settings.
    pub key: &'static str,
    pub least: u16,
    pub most: u16,
}

impl Bounds {
    /// The bounds of what stands under a key.
    #[must_use]
    pub const fn new(key: &'static str, range: &RangeInclusive<u16>) -> Self {
        Self { key, least: *range.start(), most: *range.end() }
    }

    /// The same, where less is offered than would do.
    #[must_use]
    pub const fn narrowed(self, range: &RangeInclusive<u16>) -> Self {
        Self::new(self.key, range)
    }
}

/// Values that the page has as the file has them.
macro_rules! same_for_the_page {
    ($($kind:ty),* $(,)?) => {$(
        impl $crate::Preference for $kind {
            type View = Self;
            type Change = Self;

            fn view(&self) -> Self {
                *self
            }

            fn change(&mut self, change: Self) {
                *self = change;
            }
        }
    )*};
}
pub(crate) use same_for_the_page;

same_for_the_page!(bool, u16);

/// Whether a number keeps to its bounds.
pub(crate) fn within<N: PartialOrd + Display>(
    number: &N,
    bounds: &RangeInclusive<N>,
    default: &N,
) -> Result<(), SettingsError> {
    if bounds.contains(number) {
        return Ok(());
    }
    let (least, most) = (bounds.start(), bounds.end());
    Err(SettingsError::invalid("", format!("is not between {least} and {most}; {default} by default")))
}

/// What is given, be it `null`: a key that is left out is what changes nothing.
pub(crate) fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(value: D) -> Result<Option<T>, D::Error> {
    T::deserialize(value).map(Some)
}

/// Declares settings: three types, the last two of them for the page, then the fields.
///
/// A preference is `name: Type = default`. A number has its bounds after that, `within` for whoever writes it, and `offered` where
/// the page is to ask for less. What else is `kept` in the file, the page does not see here.
macro_rules! preferences {
    (
        $(#[$about:meta])* pub struct $stored:ident;
        $(#[$about_view:meta])* pub struct $view:ident as $view_name:literal;
        $(#[$about_change:meta])* pub struct $change:ident;
        kept { $( $(#[$about_first:meta])* $first:ident: $first_kind:ty = $first_default:expr; )* }
        preferred {
            $(
                $(#[$what:meta])*
                $name:ident: $kind:ty = $default:expr $(, within $bounds:expr $(, offered $offered:expr)?)?;
            )*
        }
        kept { $( $(#[$about_last:meta])* $last:ident: $last_kind:ty = $last_default:expr; )* }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct $stored {
            $( $(#[$about_first])* pub $first: $first_kind, )*
            $( $(#[$what])* pub $name: $kind, )*
            $( $(#[$about_last])* pub $last: $last_kind, )*
        }

        impl Default for $stored {
            fn default() -> Self {
                Self { $( $first: $first_default, )* $( $name: $default, )* $( $last: $last_default, )* }
            }
        }

        $(#[$about_view])*
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, ts_rs::TS)]
        #[serde(rename_all = "camelCase")]
        #[ts(rename = $view_name)]
        pub struct $view {
            $( $(#[$what])* pub $name: <$kind as $crate::Preference>::View, )*
        }

        $(#[$about_change])*
        #[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize, ts_rs::TS)]
        #[serde(rename_all = "camelCase", deny_unknown_fields, default)]
        #[ts(optional_fields)]
        pub struct $change {
            $(
                $(#[$what])*
                #[serde(deserialize_with = "crate::preferences::given")]
                pub $name: Option<<$kind as $crate::Preference>::Change>,
            )*
        }

        impl $crate::Preference for $stored {
            type View = $view;
            type Change = $change;

            fn view(&self) -> $view {
                $view { $( $name: self.$name.view(), )* }
            }

            fn change(&mut self, change: $change) {
                $( if let Some(change) = change.$name { self.$name.change(change); } )*
            }

            fn fits(&self) -> Result<(), $crate::SettingsError> {
                $(
                    let fits = self.$name.fits();
                    $( let fits = fits.and($crate::preferences::within(&self.$name, &$bounds, &$default)); )?
                    fits.map_err(|error| error.under(stringify!($name)))?;
                )*
                Ok(())
            }

            fn bounds() -> Vec<$crate::Bounds> {
                let mut all = Vec::new();
                $(
                    all.extend(<$kind as $crate::Preference>::bounds());
                    $(
                        let bounds = $crate::Bounds::new(stringify!($name), &$bounds);
                        $( let bounds = bounds.narrowed(&$offered); )?
                        all.push(bounds);
                    )?
                )*
                all
            }
        }
    };
    // Nothing but preferences.
    (
        $(#[$about:meta])* pub struct $stored:ident;
        $(#[$about_view:meta])* pub struct $view:ident as $view_name:literal;
        $(#[$about_change:meta])* pub struct $change:ident;
        preferred $preferred:tt
    ) => {
        $crate::preferences::preferences! {
            $(#[$about])* pub struct $stored;
            $(#[$about_view])* pub struct $view as $view_name;
            $(#[$about_change])* pub struct $change;
            kept {}
            preferred $preferred
            kept {}
        }
    };
}
pub(crate) use preferences;
