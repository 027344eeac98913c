//! What the bare peers share: the English analysis that Tantivy calls `en_stem`, put together from its own parts and the
//! stemmer that it uses, so that the bench needs no other build of Tantivy than the project does; and the pages of a folder.

use std::fs;
use std::mem::swap;
use std::path::Path;

use frostem::{Algorithm, Stemmer};
use tantivy::tokenizer::{
    LowerCaser, RemoveLongFilter, SimpleTokenizer, TextAnalyzer, Token, TokenFilter, TokenStream, Tokenizer,
};

/// The name under which both programs register the analysis.
pub const ENGLISH: &str = "en_stem";

/// Words of letters and digits, at most 40 bytes long, in lower case, stemmed.
pub fn english() -> TextAnalyzer {
    let words = TextAnalyzer::builder(SimpleTokenizer::default()).filter(RemoveLongFilter::limit(40));
    words.filter(LowerCaser).filter(Stems).build()
}

/// Calls `look` with the text of every file below a folder.
pub fn each_page(folder: &Path, look: &impl Fn(&str)) {
    for entry in fs::read_dir(folder).expect("the folder can be read").flatten() {
        let path = entry.path();
        if path.is_dir() {
            each_page(&path, look);
        } else {
            look(&String::from_utf8_lossy(&fs::read(&path).expect("the page can be read")));
        }
    }
}

/// The filter that stems.
#[derive(Clone)]
struct Stems;

impl TokenFilter for Stems {
    type Tokenizer<T: Tokenizer> = Stemming<T>;

    fn transform<T: Tokenizer>(self, words: T) -> Stemming<T> {
        Stemming(words)
    }
}

#[derive(Clone)]
struct Stemming<T>(T);

impl<T: Tokenizer> Tokenizer for Stemming<T> {
    type TokenStream<'a> = StemStream<T::TokenStream<'a>>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Self::TokenStream<'a> {
        StemStream {
            words: self.0.token_stream(text),
            stemmer: Stemmer::new(Algorithm::English),
            stem: String::new(),
        }
    }
}

struct StemStream<T> {
    words: T,
    stemmer: Stemmer,
    stem: String,
}

impl<T: TokenStream> TokenStream for StemStream<T> {
    fn advance(&mut self) -> bool {
        let more = self.words.advance();
        if more {
            let text = &mut self.words.token_mut().text;
            self.stem.clear();
            self.stem.push_str(&self.stemmer.stem(text));
            swap(text, &mut self.stem);
        }
        more
    }

    fn token(&self) -> &Token {
        self.words.token()
    }

    fn token_mut(&mut self) -> &mut Token {
        self.words.token_mut()
    }
}
