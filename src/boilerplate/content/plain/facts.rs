//! Lines as short as counters that state what readers look for: how long a dish takes, how many it serves, what things cost.

use crate::boilerplate::affixes::Beginnings;
use crate::boilerplate::{Line, Page};

/// Folded beginnings of what recipes state line by line: the properties of schema.org's `Recipe` as sites name them.
static RECIPE: Beginnings<49> = Beginnings::new([
    "prep time",
    "cook time",
    "total time",
    "cooking time",
    "preparation time",
    "active time",
    "ready in",
    "serves",
    "servings",
    "yield",
    "makes",
    "calories",
    "course",
    "cuisine",
    "vorbereitungszeit",
    "zubereitungszeit",
    "arbeitszeit",
    "kochzeit",
    "backzeit",
    "gesamtzeit",
    "portionen",
    "temps de preparation",
    "temps de cuisson",
    "temps total",
    "tiempo de preparacion",
    "tiempo de coccion",
    "tiempo total",
    "raciones",
    "porciones",
    "tempo di preparazione",
    "tempo di cottura",
    "tempo de preparo",
    "tempo de preparacao",
    "tempo de cozimento",
    "rendimento",
    "porcoes",
    "bereidingstijd",
    "voorbereidingstijd",
    "czas przygotowania",
    "czas gotowania",
    "liczba porcji",
    "tillagningstid",
    "portioner",
    "waktu persiapan",
    "waktu memasak",
    "время приготовления",
    "количество порций",
    "hazirlama suresi",
    "pisirme suresi",
]);

/// Longest line, in words, that states such a fact.
const LONGEST: usize = 8;

/// Whether a line states a fact of a recipe, with its number, or is a price on a page that lists prices.
pub(super) fn states_fact(page: &Page<'_>, line: &Line<'_>) -> bool {
    let is_of_recipe = || line.digits && line.words <= LONGEST && RECIPE.find(line.folded()).is_some();
    !line.is_good() && (is_of_recipe() || line.is_price() && page.lists_prices())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::parse;
    use crate::record::Record;

    fn facts(text: &str) -> Vec<bool> {
        let document = parse(&Record::plain(text));
        let page = Page::new(&document);
        page.lines.iter().map(|line| states_fact(&page, line)).collect()
    }

    #[test]
    fn recipes_state_times_and_servings() {
        assert_eq!(
            facts("Prep time: 10 mins\nZubereitungszeit 20 Min.\nPrep time\nSeen 20 times"),
            [true, true, false, false]
        );
    }

    #[test]
    fn prices_are_facts_where_there_are_several() {
        assert_eq!(facts("Fork\n5 €"), [false, false]);
        assert_eq!(
            facts("Fork\n5 €\nSpade\n7 €\nRake\n12 €\nHoe\n4 €"),
            [false, true, false, true, false, true, false, true]
        );
    }
}
