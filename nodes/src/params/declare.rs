//! The macros that declare parameters: [`params!`](macro@crate::params) and [`choice!`](crate::choice).

/// Declares a set of parameters.
///
/// ```
/// use mixwright_nodes::{params, unit::{Db, Ms}, params::Params};
///
/// params! {
///     /// Turns down what is louder than a threshold.
///     pub struct Squash = "squash"(threshold) {
///         /// Level above which gain is reduced.
///         threshold: Db = -18.0 in -60.0..=0.0,
///         /// Hears this much ahead.
///         fixed lookahead: Ms = 0.0 in 0.0..=20.0,
///     }
/// }
///
/// assert_eq!(Squash::default().threshold, Db(-18.0));
/// assert_eq!(Squash::INFO.names(), ["threshold", "lookahead"]);
/// ```
///
/// A field is a quantity with a default and a range, `bool`, a [`choice!`](crate::choice) or a [`File`](crate::params::File) with a default,
/// an [`Auto`](crate::params::Auto) quantity, a list (`[Band] in 0..=16`), or another such set whose names join these (no default).
#[macro_export]
macro_rules! params {
    ($(#[doc = $doc:literal])* pub struct $name:ident = $word:literal $(($($pos:ident),* $(,)?))? { $($body:tt)* }) => {
        $crate::params!(@fields [$($doc)*] $name $word [$($($pos)*)?] [] $($body)*);
    };
    (@fields $d:tt $n:ident $w:literal $p:tt [$($done:tt)*] $(#[doc = $doc:literal])* fixed $f:ident : $($rest:tt)*) => {
        $crate::params!(@value $d $n $w $p [$($done)*] [[$($doc)*] true $f] $($rest)*);
    };
    (@fields $d:tt $n:ident $w:literal $p:tt [$($done:tt)*] $(#[doc = $doc:literal])* $f:ident : $($rest:tt)*) => {
        $crate::params!(@value $d $n $w $p [$($done)*] [[$($doc)*] false $f] $($rest)*);
    };
    (@value $d:tt $n:ident $w:literal $p:tt [$($done:tt)*] [$doc:tt $fixed:tt $f:ident] [$elem:ident] in $min:literal ..= $max:literal, $($rest:tt)*) => {
        $crate::params!(@fields $d $n $w $p [$($done)* {$doc $fixed $f (Vec<$elem>) (Vec::new()) $min $max}] $($rest)*);
    };
    (@value $d:tt $n:ident $w:literal $p:tt [$($done:tt)*] [$doc:tt $fixed:tt $f:ident] $ty:ty = $default:literal in $min:literal ..= $max:literal, $($rest:tt)*) => {
        $crate::params!(@fields $d $n $w $p [$($done)* {$doc $fixed $f ($ty) (<$ty>::from($default)) $min $max}] $($rest)*);
    };
    (@value $d:tt $n:ident $w:literal $p:tt [$($done:tt)*] [$doc:tt $fixed:tt $f:ident] $ty:ty = auto in $min:literal ..= $max:literal, $($rest:tt)*) => {
        $crate::params!(@fields $d $n $w $p [$($done)* {$doc $fixed $f ($ty) (<$ty>::default()) $min $max}] $($rest)*);
    };
    (@value $d:tt $n:ident $w:literal $p:tt [$($done:tt)*] [$doc:tt $fixed:tt $f:ident] $ty:ty = $default:expr, $($rest:tt)*) => {
        $crate::params!(@fields $d $n $w $p [$($done)* {$doc $fixed $f ($ty) (<$ty>::from($default)) 0 0}] $($rest)*);
    };
    (@value $d:tt $n:ident $w:literal $p:tt [$($done:tt)*] [$doc:tt $fixed:tt $f:ident] $ty:ty, $($rest:tt)*) => {
        $crate::params!(@fields $d $n $w $p [$($done)* {$doc $fixed $f ($ty) (<$ty>::default()) 0 0}] $($rest)*);
    };
    (@fields [$($d:literal)*] $n:ident $w:literal [$($p:ident)*]
        [$({[$($doc:literal)*] $fixed:tt $f:ident ($ty:ty) ($default:expr) $min:literal $max:literal})*]) => {
        $(#[doc = $d])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $n { $($(#[doc = $doc])* pub $f: $ty,)* }

        impl ::core::default::Default for $n {
            fn default() -> Self {
                Self { $($f: $default,)* }
            }
        }

        impl $crate::params::Params for $n {
            const INFO: &'static $crate::params::ParamsInfo = &$crate::params::ParamsInfo::new(
                $w,
                concat!($($d, "\n"),*),
                &[$($crate::params::ParamInfo::new(
                    stringify!($f),
                    concat!($($doc, "\n"),*),
                    <$ty as $crate::params::Field>::KIND,
                    ($min as f64, $max as f64),
                    $fixed,
                )),*],
                &[$(stringify!($p)),*],
            );

            fn set(&mut self, name: &str, value: &$crate::params::Value) -> Result<(), $crate::params::ParamError> {
                let mut _infos = Self::INFO.params.iter();
                $({
                    let info = _infos.next().expect("there is one description for each field");
                    let group = matches!(info.kind, $crate::params::Kind::Group(_));
                    if !group && name == stringify!($f) {
                        return $crate::params::Field::set(&mut self.$f, value, info);
                    }
                    if let Some(done) = $crate::params::Field::offer(&mut self.$f, name, value) {
                        return done;
                    }
                })*
                let _ = value;
                let known = Self::INFO.names();
                Err($crate::params::ParamError::Unknown { name: name.to_owned(), of: Self::INFO.name, known })
            }

            fn entries(&self) -> Vec<(String, $crate::params::Value)> {
                #[allow(unused_mut, reason = "a set may have no parameter")]
                let mut all = Vec::new();
                $(match ($crate::params::Field::get(&self.$f), <$ty as $crate::params::Field>::KIND) {
                    ($crate::params::Value::Map(inner), $crate::params::Kind::Group(_)) => all.extend(inner),
                    (value, _) => all.push((stringify!($f).to_owned(), value)),
                })*
                all
            }

            fn poke(&mut self, place: &[usize], value: f64) {
                let Some((&_head, _rest)) = place.split_first() else { return };
                let mut _index = 0;
                $(
                    if _head == _index {
                        return $crate::params::Field::poke(&mut self.$f, _rest, value);
                    }
                    _index += 1;
                )*
                let _ = value;
            }

            fn alike(&self, other: &Self) -> bool {
                let _ = other;
                true $(&& $crate::params::Field::alike(&self.$f, &other.$f, $fixed))*
            }
        }

        impl $crate::params::Field for $n {
            const KIND: $crate::params::Kind = $crate::params::Kind::Group(<$n as $crate::params::Params>::INFO);

            fn set(&mut self, value: &$crate::params::Value, info: &$crate::params::ParamInfo) -> Result<(), $crate::params::ParamError> {
                *self = <Self as $crate::params::Params>::from_value(value, info)?;
                Ok(())
            }

            fn get(&self) -> $crate::params::Value {
                $crate::params::Value::Map($crate::params::Params::entries(self))
            }

            fn offer(&mut self, name: &str, value: &$crate::params::Value) -> Option<Result<(), $crate::params::ParamError>> {
                <Self as $crate::params::Params>::INFO
                    .names()
                    .contains(&name)
                    .then(|| $crate::params::Params::set(self, name, value))
            }

            fn poke(&mut self, place: &[usize], value: f64) {
                $crate::params::Params::poke(self, place, value);
            }

            fn alike(&self, other: &Self, fixed: bool) -> bool {
                if fixed { self == other } else { $crate::params::Params::alike(self, other) }
            }
        }
    };
}

/// Declares a parameter that is one of several words; the first is the default.
#[macro_export]
macro_rules! choice {
    ($(#[doc = $doc:literal])* pub enum $name:ident { $($(#[doc = $d:literal])* $variant:ident = $word:literal,)* }) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, ::serde::Serialize, ::serde::Deserialize)]
        pub enum $name { $($(#[doc = $d])* #[serde(rename = $word)] $variant,)* }

        impl $name {
            /// The words, in order.
            pub const WORDS: &'static [&'static str] = &[$($word),*];

            /// The word for it.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// What a word stands for.
            pub fn named(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }

        impl $crate::params::Field for $name {
            const KIND: $crate::params::Kind = $crate::params::Kind::Choice($name::WORDS);
            fn set(&mut self, value: &$crate::params::Value, info: &$crate::params::ParamInfo) -> Result<(), $crate::params::ParamError> {
                *self = $crate::params::choose(value, info, Self::WORDS, Self::named)?;
                Ok(())
            }
            fn get(&self) -> $crate::params::Value {
                $crate::params::Value::Text(self.word().to_owned())
            }
        }
    };
}
