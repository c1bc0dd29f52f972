//! What a page of a PDF shows: characters with their positions, and lines and boxes.
//!
//! Interprets the content streams as far as text and ruled lines need it. Positions are in points from the upper left
//! corner of the page, with `y` downwards.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use hayro_font::hayro_cmap::BfString;
use hayro_font::kurbo::{Affine, Point, Rect};
use hayro_font::{CMapResolverFn, Font, FontCache, FontGlyph, FontQuery, FontResolverFn, UNITS_PER_EM};
use hayro_syntax::content::TypedIter;
use hayro_syntax::content::ops::TypedInstruction;
use hayro_syntax::object::dict::keys::{
    BASE_FONT, BBOX, FLAGS, FONT_DESC, FONT_NAME, FONT_WEIGHT, FORM, MATRIX, RESOURCES, SUBTYPE,
};
use hayro_syntax::object::{Dict, Name, Object, Stream, String as PdfString};
use hayro_syntax::page::{Page, Resources};

/// Depth of nested forms; papers have three or four.
const MAX_FORM_DEPTH: usize = 12;

/// Number of saved graphics states of a content stream.
const MAX_SAVED_STATES: usize = 512;

/// A character at its position on the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Glyph {
    pub text: char,
    /// From the origin of the character to the origin of the next.
    pub x0: f32,
    pub x1: f32,
    /// Position of the base line.
    pub y: f32,
    /// The size of the font as shown.
    pub size: f32,
    /// Index into [`PageMarks::fonts`].
    pub font: u16,
    /// Whether it is part of a form: in most papers, an embedded picture.
    pub in_form: bool,
}

/// The style according to the name and the descriptor of a font.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct FontStyle {
    pub bold: bool,
    pub italic: bool,
    /// A font of mathematical symbols.
    pub symbols: bool,
}

/// A horizontal or vertical line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct RuledLine {
    pub x0: f32,
    pub y0: f32,
    pub x1: f32,
    pub y1: f32,
    /// Whether it is part of a form.
    pub in_form: bool,
}

impl RuledLine {
    pub(super) fn is_horizontal(&self) -> bool {
        self.x1 - self.x0 >= self.y1 - self.y0
    }
}

/// A box around a drawing: part of a picture, or an image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Drawing {
    pub x0: f32,
    pub y0: f32,
    pub x1: f32,
    pub y1: f32,
    /// Whether it is part of a form.
    pub in_form: bool,
}

/// Everything that a page shows.
#[derive(Debug, Default)]
pub(super) struct PageMarks {
    pub width: f32,
    pub height: f32,
    /// Text that runs from left to right, in the order of the content stream.
    pub glyphs: Vec<Glyph>,
    /// Text in other directions, in the order of the content stream: arXiv's stamp, the axes of plots.
    pub turned: String,
    pub rules: Vec<RuledLine>,
    pub drawings: Vec<Drawing>,
    /// Styles of the fonts that glyphs refer to.
    pub fonts: Arc<Vec<FontStyle>>,
}

/// The limits of a document.
#[derive(Debug, Clone, Copy)]
pub(super) struct MarkLimits {
    /// Number of operators in all content streams.
    pub operators: u64,
    /// Number of characters on all pages.
    pub glyphs: usize,
    /// When reading must end.
    pub deadline: Instant,
}

/// Why a document was not read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LimitReached {
    Operators,
    Glyphs,
    Time,
}

/// The pages of one document, with their shared data.
pub(super) struct Interpreter<'a> {
    cache: FontCache<'a>,
    font_resolver: FontResolverFn,
    cmap_resolver: CMapResolverFn,
    /// Fonts by the name of the font dictionary in the resources and its position in the file.
    fonts: Vec<LoadedFont<'a>>,
    styles: Vec<FontStyle>,
    limits: MarkLimits,
    operators: u64,
    glyphs: usize,
}

struct LoadedFont<'a> {
    dict: Dict<'a>,
    font: Option<Font<'a>>,
    /// Characters and advance (in thousandths of the font size) by code.
    codes: HashMap<u32, (CodeCharacters, f32)>,
}

/// The characters of a code. Most codes have one.
#[derive(Clone)]
enum CodeCharacters {
    One(char),
    Many(Box<str>),
}

#[derive(Clone)]
struct GraphicsState {
    ctm: Affine,
    clip: Rect,
    font: Option<usize>,
    size: f64,
    char_space: f64,
    word_space: f64,
    /// 1 is the natural width.
    stretch: f64,
    leading: f64,
    rise: f64,
    in_form: bool,
}

impl<'a> Interpreter<'a> {
    pub(super) fn new(limits: MarkLimits) -> Self {
        Self {
            cache: FontCache::new(),
            font_resolver: Arc::new(|query: &FontQuery| match query {
                FontQuery::Standard(font) => Some(font.get_font_data()),
                FontQuery::Fallback(font) => Some(font.pick_standard_font().get_font_data()),
            }),
            cmap_resolver: Arc::new(|_| None),
            fonts: Vec::new(),
            styles: Vec::new(),
            limits,
            operators: 0,
            glyphs: 0,
        }
    }

    /// The contents of a page; up to the limit, if one is reached.
    pub(super) fn page(&mut self, page: &'a Page<'a>) -> (PageMarks, Option<LimitReached>) {
        let (width, height) = page.render_dimensions();
        let mut marks = PageMarks { width, height, ..PageMarks::default() };
        let state = GraphicsState {
            ctm: affine(page.initial_transform(true)),
            clip: Rect::new(0.0, 0.0, f64::from(width), f64::from(height)),
            font: None,
            size: 1.0,
            char_space: 0.0,
            word_space: 0.0,
            stretch: 1.0,
            leading: 0.0,
            rise: 0.0,
            in_form: false,
        };
        let reached = self.stream(page.typed_operations(), page.resources(), state, 0, &mut marks).err();
        marks.fonts = Arc::new(self.styles.clone());
        (marks, reached)
    }

    fn stream(
        &mut self,
        mut operations: TypedIter<'_>,
        resources: &Resources<'a>,
        mut state: GraphicsState,
        depth: usize,
        marks: &mut PageMarks,
    ) -> Result<(), LimitReached> {
        let mut saved: Vec<GraphicsState> = Vec::new();
        let mut names: HashMap<Vec<u8>, usize> = HashMap::new();
        let mut path = PathBoxes::default();
        let mut clips = false;
        let mut text = Affine::IDENTITY;
        let mut line = Affine::IDENTITY;
        while let Some(operation) = operations.next() {
            self.count()?;
            match operation {
                TypedInstruction::SaveState(_) if saved.len() < MAX_SAVED_STATES => saved.push(state.clone()),
                TypedInstruction::RestoreState(_) => {
                    if let Some(before) = saved.pop() {
                        state = before;
                    }
                }
                TypedInstruction::Transform(t) => {
                    state.ctm *= matrix([&t.0, &t.1, &t.2, &t.3, &t.4, &t.5].map(|n| n.as_f64()));
                }
                TypedInstruction::MoveTo(p) => path.move_to(Point::new(p.0.as_f64(), p.1.as_f64())),
                TypedInstruction::LineTo(p) => path.line_to(Point::new(p.0.as_f64(), p.1.as_f64())),
                TypedInstruction::CubicTo(c) => path.curve_to(Point::new(c.4.as_f64(), c.5.as_f64())),
                TypedInstruction::CubicStartTo(c) => path.curve_to(Point::new(c.2.as_f64(), c.3.as_f64())),
                TypedInstruction::CubicEndTo(c) => path.curve_to(Point::new(c.2.as_f64(), c.3.as_f64())),
                TypedInstruction::RectPath(r) => {
                    path.rectangle(r.0.as_f64(), r.1.as_f64(), r.2.as_f64(), r.3.as_f64());
                }
                TypedInstruction::ClipNonZero(_) | TypedInstruction::ClipEvenOdd(_) => clips = true,
                TypedInstruction::StrokePath(_) | TypedInstruction::CloseAndStrokePath(_) => {
                    path.stroke(&state, marks);
                    path.end(&mut clips, &mut state);
                }
                TypedInstruction::FillPathNonZero(_)
                | TypedInstruction::FillPathNonZeroCompatibility(_)
                | TypedInstruction::FillPathEvenOdd(_)
                | TypedInstruction::FillAndStrokeEvenOdd(_)
                | TypedInstruction::FillAndStrokeNonZero(_)
                | TypedInstruction::CloseFillAndStrokeEvenOdd(_)
                | TypedInstruction::CloseFillAndStrokeNonZero(_) => {
                    path.fill(&state, marks);
                    path.end(&mut clips, &mut state);
                }
                TypedInstruction::EndPath(_) => path.end(&mut clips, &mut state),
                TypedInstruction::InlineImage(_) => image(&state, marks),
                TypedInstruction::XObject(name) => {
                    if let Some(object) = resources.get_x_object(name.0) {
                        self.object(&object, resources, &state, depth, marks)?;
                    }
                }
                TypedInstruction::BeginText(_) => {
                    text = Affine::IDENTITY;
                    line = Affine::IDENTITY;
                }
                TypedInstruction::TextFont(font) => {
                    state.size = font.1.as_f64();
                    state.font = match names.get(font.0.as_ref()) {
                        Some(&known) => Some(known),
                        None => {
                            let found = resources.get_font(font.0).map(|dict| self.font(&dict));
                            if let Some(found) = found {
                                names.insert(font.0.as_ref().to_vec(), found);
                            }
                            found
                        }
                    };
                }
                TypedInstruction::CharacterSpacing(n) => state.char_space = n.0.as_f64(),
                TypedInstruction::WordSpacing(n) => state.word_space = n.0.as_f64(),
                TypedInstruction::HorizontalScaling(n) => state.stretch = n.0.as_f64() / 100.0,
                TypedInstruction::TextLeading(n) => state.leading = n.0.as_f64(),
                TypedInstruction::TextRise(n) => state.rise = n.0.as_f64(),
                TypedInstruction::SetTextMatrix(t) => {
                    line = matrix([&t.0, &t.1, &t.2, &t.3, &t.4, &t.5].map(|n| n.as_f64()));
                    text = line;
                }
                TypedInstruction::NextLine(n) => {
                    line *= Affine::translate((n.0.as_f64(), n.1.as_f64()));
                    text = line;
                }
                TypedInstruction::NextLineAndSetLeading(n) => {
                    state.leading = -n.1.as_f64();
                    line *= Affine::translate((n.0.as_f64(), n.1.as_f64()));
                    text = line;
                }
                TypedInstruction::NextLineUsingLeading(_) => {
                    line *= Affine::translate((0.0, -state.leading));
                    text = line;
                }
                TypedInstruction::ShowText(shown) => self.show(shown.0, &state, &mut text, marks)?,
                TypedInstruction::NextLineAndShowText(shown) => {
                    line *= Affine::translate((0.0, -state.leading));
                    text = line;
                    self.show(shown.0, &state, &mut text, marks)?;
                }
                TypedInstruction::ShowTextWithParameters(shown) => {
                    state.word_space = shown.0.as_f64();
                    state.char_space = shown.1.as_f64();
                    line *= Affine::translate((0.0, -state.leading));
                    text = line;
                    self.show(shown.2, &state, &mut text, marks)?;
                }
                TypedInstruction::ShowTexts(shown) => {
                    for part in shown.0.iter::<Object<'_>>() {
                        match part {
                            Object::Number(n) => {
                                let shift = -n.as_f64() / 1000.0 * state.size * state.stretch;
                                text *= Affine::translate((shift, 0.0));
                            }
                            Object::String(string) => self.show(&string, &state, &mut text, marks)?,
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn count(&mut self) -> Result<(), LimitReached> {
        self.operators += 1;
        if self.operators > self.limits.operators {
            return Err(LimitReached::Operators);
        }
        if self.operators.is_multiple_of(1024) && Instant::now() >= self.limits.deadline {
            return Err(LimitReached::Time);
        }
        Ok(())
    }

    /// A form is drawn with its own resources, or those of the page. For an image, only its box counts.
    fn object(
        &mut self,
        object: &Stream<'a>,
        resources: &Resources<'a>,
        state: &GraphicsState,
        depth: usize,
        marks: &mut PageMarks,
    ) -> Result<(), LimitReached> {
        let dict = object.dict();
        if dict.get::<Name<'_>>(SUBTYPE).is_none_or(|kind| kind.as_ref() != FORM) {
            image(state, marks);
            return Ok(());
        }
        if depth >= MAX_FORM_DEPTH {
            return Ok(());
        }
        let Ok(content) = object.decoded_data() else { return Ok(()) };
        let mut state = state.clone();
        state.in_form = true;
        state.ctm *= Affine::new(dict.get::<[f64; 6]>(MATRIX).unwrap_or([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]));
        if let Some([x0, y0, x1, y1]) = dict.get::<[f64; 4]>(BBOX) {
            state.clip = state.clip.intersect(state.ctm.transform_rect_bbox(Rect::from_points((x0, y0), (x1, y1))));
        }
        if state.clip.width() <= 0.0 || state.clip.height() <= 0.0 {
            return Ok(());
        }
        let own = dict.get::<Dict<'_>>(RESOURCES).map(Resources::new);
        self.stream(TypedIter::new(content.as_ref()), own.as_ref().unwrap_or(resources), state, depth + 1, marks)
    }

    fn font(&mut self, dict: &Dict<'a>) -> usize {
        if let Some(known) = self.fonts.iter().position(|known| known.dict == *dict) {
            return known;
        }
        let font = self.cache.font(dict, &self.font_resolver, &self.cmap_resolver);
        self.styles.push(style(dict));
        self.fonts.push(LoadedFont { dict: dict.clone(), font, codes: HashMap::new() });
        self.fonts.len() - 1
    }

    fn show(
        &mut self,
        string: &PdfString<'_>,
        state: &GraphicsState,
        text: &mut Affine,
        marks: &mut PageMarks,
    ) -> Result<(), LimitReached> {
        let Some(index) = state.font else { return Ok(()) };
        let LoadedFont { font: Some(font), codes, .. } = &mut self.fonts[index] else { return Ok(()) };
        let bytes = string.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let (code, length) = font.read_code(bytes, at);
            at += length.max(1);
            let (chars, advance) = codes.entry(code).or_insert_with(|| characters(font, code));
            let mut shift = f64::from(*advance) / f64::from(UNITS_PER_EM) * state.size + state.char_space;
            if code == 32 && length == 1 {
                shift += state.word_space;
            }
            let next = *text * Affine::translate((shift * state.stretch, 0.0));
            let rise = Affine::translate((0.0, state.rise));
            let (from, to) = (state.ctm * *text * rise, state.ctm * next * rise);
            let (start, end) = (from.translation(), to.translation());
            let [a, b, c, d, ..] = from.as_coeffs();
            *text = next;
            let inside = start.x >= state.clip.x0 - 2.0
                && start.x <= state.clip.x1 + 2.0
                && start.y >= state.clip.y0 - 2.0
                && start.y <= state.clip.y1 + 2.0;
            let height = state.size.abs() * c.hypot(d);
            if !inside || !height.is_finite() || height < 0.5 {
                continue;
            }
            self.glyphs += 1;
            if self.glyphs > self.limits.glyphs {
                return Err(LimitReached::Glyphs);
            }
            // Italics made with a slanted matrix are still horizontal.
            let level = b.abs() < 0.02 * a.abs() && a * state.size > 0.0;
            if !level {
                match chars {
                    CodeCharacters::One(c) => marks.turned.push(*c),
                    CodeCharacters::Many(many) => marks.turned.push_str(many),
                }
                continue;
            }
            let mut glyph = |c: char, x0: f64, x1: f64| {
                marks.glyphs.push(Glyph {
                    text: c,
                    x0: x0 as f32,
                    x1: x1 as f32,
                    y: start.y as f32,
                    size: height as f32,
                    font: u16::try_from(index).unwrap_or(u16::MAX),
                    in_form: state.in_form,
                });
            };
            // The space between characters is not part of them.
            let end = end.x - state.char_space * state.stretch * a;
            match chars {
                CodeCharacters::One(c) => glyph(*c, start.x, end),
                CodeCharacters::Many(many) => {
                    let step = (end - start.x) / many.chars().count().max(1) as f64;
                    for (i, c) in many.chars().enumerate() {
                        glyph(c, start.x + step * i as f64, start.x + step * (i + 1) as f64);
                    }
                }
            }
        }
        Ok(())
    }
}

/// The characters for a code of a font, and its advance.
fn characters(font: &Font<'_>, code: u32) -> (CodeCharacters, f32) {
    let (unicode, outline) = match font.glyph(font.map_code(code), code) {
        FontGlyph::Outline(glyph) => (glyph.as_unicode(), true),
        FontGlyph::Type3(glyph) => (glyph.as_unicode(), false),
    };
    let chars = match unicode {
        Some(BfString::Char(c)) => spelled(c),
        Some(BfString::String(text)) => match text.chars().collect::<Vec<_>>().as_slice() {
            [one] => spelled(*one),
            _ => CodeCharacters::Many(text.into()),
        },
        None => unnamed(code, outline),
    };
    (chars, font.code_advance(code).x as f32)
}

/// Ligatures as separate letters.
fn spelled(c: char) -> CodeCharacters {
    let letters = match c {
        'ﬀ' => "ff",
        'ﬁ' => "fi",
        'ﬂ' => "fl",
        'ﬃ' => "ffi",
        'ﬄ' => "ffl",
        'ﬅ' | 'ﬆ' => "st",
        _ => return CodeCharacters::One(c),
    };
    CodeCharacters::Many(letters.into())
}

/// A character that the font does not name. The bitmaps of old TeX (Type 3) use TeX's own order.
fn unnamed(code: u32, outline: bool) -> CodeCharacters {
    let ligature = match code {
        11 => "ff",
        12 => "fi",
        13 => "fl",
        14 => "ffi",
        15 => "ffl",
        123 => "–",
        124 => "—",
        _ => "",
    };
    match char::from_u32(code) {
        Some(c) if !outline && ligature.is_empty() && c.is_ascii_graphic() => CodeCharacters::One(c),
        _ if !outline && !ligature.is_empty() => CodeCharacters::Many(ligature.into()),
        _ => CodeCharacters::One(char::REPLACEMENT_CHARACTER),
    }
}

/// Bit 7 of the flags of a font descriptor.
const FLAG_ITALIC: u32 = 1 << 6;
/// Bit 19.
const FLAG_FORCE_BOLD: u32 = 1 << 18;

fn style(dict: &Dict<'_>) -> FontStyle {
    let descriptor = dict.get::<Dict<'_>>(FONT_DESC).unwrap_or_default();
    let name = dict.get::<Name<'_>>(BASE_FONT).or_else(|| descriptor.get::<Name<'_>>(FONT_NAME));
    let name = name.map(|name| name.as_str().to_ascii_lowercase()).unwrap_or_default();
    // Subsets have six letters and a plus before the name.
    let name = name.split_once('+').map_or(name.as_str(), |(_, name)| name);
    let flags = descriptor.get::<u32>(FLAGS).unwrap_or_default();
    let weight = descriptor.get::<f32>(FONT_WEIGHT).unwrap_or_default();
    let any = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    let starts = |parts: &[&str]| parts.iter().any(|part| name.starts_with(part));
    FontStyle {
        bold: any(&["bold", "black", "heavy", "medi", "demi", "-bd", "semib"])
            || starts(&["cmbx", "cmb1", "cmssbx", "sfbx", "sfrb", "eccb", "ecbx", "ptmb", "phvb"])
            || weight >= 600.0
            || flags & FLAG_FORCE_BOLD != 0,
        italic: any(&["ital", "obli", "slant"])
            || starts(&["cmti", "cmsl", "cmmi", "sfti", "ecti"])
            || name.ends_with("-it")
            || flags & FLAG_ITALIC != 0,
        symbols: starts(&[
            "cmmi",
            "cmsy",
            "cmex",
            "msam",
            "msbm",
            "rsfs",
            "eufm",
            "mtmi",
            "mtsy",
            "mtex",
            "txsy",
            "txmi",
            "txex",
            "pxsy",
            "symbol",
            "stmary",
            "wasy",
            "cmbsy",
            "cmmib",
            "eusm",
            "lasy",
            "dsrom",
            "bbm",
            "mathematica",
        ]) || any(&["math", "cambriamath"]),
    }
}

fn matrix(m: [f64; 6]) -> Affine {
    Affine::new(m)
}

fn affine(transform: hayro_syntax::transform::Transform) -> Affine {
    Affine::new(transform.as_coeffs())
}

/// Images fill the unit square. Some programs draw each ruled line as an image.
fn image(state: &GraphicsState, marks: &mut PageMarks) {
    let shown = state.ctm.transform_rect_bbox(Rect::new(0.0, 0.0, 1.0, 1.0)).intersect(state.clip);
    if !rule(shown, state, marks) {
        draw(shown, state, marks);
    }
}

fn draw(shown: Rect, state: &GraphicsState, marks: &mut PageMarks) {
    if shown.is_finite() && shown.width() >= 0.0 && shown.height() >= 0.0 && marks.drawings.len() < MAX_DRAWINGS {
        let [x0, y0, x1, y1] = [shown.x0, shown.y0, shown.x1, shown.y1].map(|n| n as f32);
        marks.drawings.push(Drawing { x0, y0, x1, y1, in_form: state.in_form });
    }
}

/// Number of drawings and rules of a page; fewer are enough to recognise a plot of a hundred thousand points.
const MAX_DRAWINGS: usize = 20_000;

/// Thickness of the thickest line, in points.
const MAX_RULE: f64 = 2.6;

/// Length of the shortest rule, in points: a partial rule over one column of a table.
const MIN_RULE: f64 = 5.0;

/// The boxes around the parts of a path.
#[derive(Default)]
struct PathBoxes {
    segments: Vec<(Point, Point)>,
    rectangles: Vec<Rect>,
    bounds: Option<Rect>,
    at: Point,
    curved: bool,
}

impl PathBoxes {
    fn grow(&mut self, p: Point) {
        let here = Rect::from_points(p, p);
        self.bounds = Some(self.bounds.map_or(here, |bounds| bounds.union_pt(p)));
    }

    fn move_to(&mut self, p: Point) {
        self.grow(p);
        self.at = p;
    }

    fn line_to(&mut self, p: Point) {
        self.grow(p);
        if self.segments.len() < MAX_DRAWINGS {
            self.segments.push((self.at, p));
        }
        self.at = p;
    }

    fn curve_to(&mut self, p: Point) {
        self.grow(p);
        self.curved = true;
        self.at = p;
    }

    fn rectangle(&mut self, x: f64, y: f64, width: f64, height: f64) {
        let rectangle = Rect::from_points((x, y), (x + width, y + height));
        self.grow(Point::new(rectangle.x0, rectangle.y0));
        self.grow(Point::new(rectangle.x1, rectangle.y1));
        if self.rectangles.len() < MAX_DRAWINGS {
            self.rectangles.push(rectangle);
        }
    }

    fn stroke(&self, state: &GraphicsState, marks: &mut PageMarks) {
        let mut plain = !self.curved;
        for &(from, to) in &self.segments {
            plain &= rule(state.ctm.transform_rect_bbox(Rect::from_points(from, to)), state, marks);
        }
        for rectangle in &self.rectangles {
            let r = state.ctm.transform_rect_bbox(*rectangle);
            if !rule(r, state, marks) {
                for side in [
                    Rect::new(r.x0, r.y0, r.x1, r.y0),
                    Rect::new(r.x0, r.y1, r.x1, r.y1),
                    Rect::new(r.x0, r.y0, r.x0, r.y1),
                    Rect::new(r.x1, r.y0, r.x1, r.y1),
                ] {
                    rule(side, state, marks);
                }
            }
        }
        if !plain && let Some(bounds) = self.bounds {
            draw(state.ctm.transform_rect_bbox(bounds).intersect(state.clip), state, marks);
        }
    }

    fn fill(&self, state: &GraphicsState, marks: &mut PageMarks) {
        let mut plain = self.segments.is_empty() && !self.curved;
        for rectangle in &self.rectangles {
            plain &= rule(state.ctm.transform_rect_bbox(*rectangle), state, marks);
        }
        // A line can be drawn as a thin polygon.
        if let Some(bounds) = self.bounds.filter(|_| self.rectangles.is_empty() && !self.curved) {
            plain |= rule(state.ctm.transform_rect_bbox(bounds), state, marks);
        }
        if !plain && let Some(bounds) = self.bounds {
            draw(state.ctm.transform_rect_bbox(bounds).intersect(state.clip), state, marks);
        }
    }

    /// Ends the path. A path that was marked for clipping limits what is shown from now on.
    fn end(&mut self, clips: &mut bool, state: &mut GraphicsState) {
        if std::mem::take(clips)
            && let Some(bounds) = self.bounds
        {
            state.clip = state.clip.intersect(state.ctm.transform_rect_bbox(bounds));
        }
        self.segments.clear();
        self.rectangles.clear();
        self.bounds = None;
        self.curved = false;
    }
}

/// Treats a thin box as the line that it looks like.
fn rule(shown: Rect, state: &GraphicsState, marks: &mut PageMarks) -> bool {
    let shown = shown.intersect(state.clip.inflate(1.0, 1.0));
    let (width, height) = (shown.width(), shown.height());
    let thin = width.min(height) <= MAX_RULE && width.max(height) >= MIN_RULE && shown.is_finite();
    if thin && marks.rules.len() < MAX_DRAWINGS {
        let [x0, y0, x1, y1] = [shown.x0, shown.y0, shown.x1, shown.y1].map(|n| n as f32);
        marks.rules.push(RuledLine { x0, y0, x1, y1, in_form: state.in_form });
    }
    thin
}
