//! Pictures as text: pure functions from numbers to SVG, without colours of their own, so that the page's are taken.

use std::fmt::Write;

/// A picture in the making.
pub(super) struct Svg {
    text: String,
}

impl Svg {
    /// An empty one of a size, with what it shows and what is to be seen in it, for those who do not see it.
    pub(super) fn new(width: u32, height: u32, title: &str, finding: &str) -> Svg {
        let (title, finding) = (escaped(title), escaped(finding));
        let text = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
             font-size=\"11\" fill=\"currentColor\" stroke=\"none\">\n\
             <title>{title}</title>\n<desc>{finding}</desc>\n"
        );
        Svg { text }
    }

    /// A line through points; where there is none the pen is lifted.
    pub(super) fn line(&mut self, class: &str, width: f64, points: impl Iterator<Item = Option<(f64, f64)>>) {
        let (mut path, mut down) = (String::new(), false);
        for point in points {
            if let Some((x, y)) = point {
                let pen = if down { 'L' } else { 'M' };
                _ = write!(path, "{pen}{}", pair(x, y));
            }
            down = point.is_some();
        }
        let (path, width) = (path.trim(), digits(width));
        if !path.is_empty() {
            let stroke = format!("fill=\"none\" stroke=\"currentColor\" stroke-width=\"{width}\"");
            self.add(format_args!(
                "<path class=\"{class}\" {stroke} stroke-linejoin=\"round\" d=\"{path}\"/>"
            ));
        }
    }

    /// An area from a corner on.
    pub(super) fn area(
        &mut self,
        class: &str,
        opacity: f64,
        (x, y): (f64, f64),
        (width, height): (f64, f64),
    ) {
        let place = format!("x=\"{}\" y=\"{}\"", digits(x), digits(y));
        let size = format!("width=\"{}\" height=\"{}\"", digits(width.max(0.0)), digits(height.max(0.0)));
        self.add(format_args!("<rect class=\"{class}\" fill-opacity=\"{opacity}\" {place} {size}/>"));
    }

    /// Words, with what they are held by: `start`, `middle` or `end`.
    pub(super) fn words(&mut self, class: &str, held: &str, (x, y): (f64, f64), words: &str) {
        let (x, y, words) = (digits(x), digits(y), escaped(words));
        let place = format!("text-anchor=\"{held}\" x=\"{x}\" y=\"{y}\"");
        self.add(format_args!("<text class=\"{class}\" {place}>{words}</text>"));
    }

    /// The picture.
    pub(super) fn ended(mut self) -> String {
        self.text.push_str("</svg>\n");
        self.text
    }

    fn add(&mut self, element: std::fmt::Arguments<'_>) {
        _ = writeln!(self.text, "{element}");
    }
}

fn pair(x: f64, y: f64) -> String {
    format!("{} {} ", digits(x), digits(y))
}

/// A coordinate: one digit behind the point is finer than the eye.
fn digits(x: f64) -> String {
    let text = format!("{x:.1}");
    text.strip_suffix(".0").unwrap_or(&text).replace("-0", "0")
}

/// A number for people: one digit behind the point, a true minus, and no nothing below nothing.
pub(super) fn number(x: f64) -> String {
    let text = format!("{:.1}", x.abs());
    if x < 0.0 && text != "0.0" { format!("\u{2212}{text}") } else { text }
}

/// Words as text, whatever stands in them.
fn escaped(words: &str) -> String {
    let harmless = words.chars().filter(|c| !c.is_control());
    let mut text = String::new();
    for c in harmless {
        match c {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_users_steer_nothing() {
        let mut svg = Svg::new(10, 10, "a & b", "<b>");
        svg.words("name", "start", (1.0, -0.01), "<script>\u{1b}alert(\"x\")</script>");
        let text = svg.ended();
        assert!(text.contains("<title>a &amp; b</title>\n<desc>&lt;b&gt;</desc>"), "{text}");
        assert!(text.contains("y=\"0\">&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;</text>"), "{text}");
    }

    #[test]
    fn the_pen_is_lifted_where_there_is_nothing() {
        let mut svg = Svg::new(10, 10, "", "");
        svg.line("m", 1.0, [Some((0.0, 1.0)), Some((1.0, 2.25)), None, Some((3.0, 4.0))].into_iter());
        svg.line("nothing", 1.0, [None, None].into_iter());
        let text = svg.ended();
        assert!(text.contains("d=\"M0 1 L1 2.2 M3 4\""), "{text}");
        assert!(!text.contains("nothing"));
    }

    #[test]
    fn numbers_are_never_less_than_nothing_by_nothing() {
        assert_eq!([-0.04, -14.0, 0.25].map(number), ["0.0", "\u{2212}14.0", "0.2"]);
    }
}
