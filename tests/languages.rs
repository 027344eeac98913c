//! Words of many languages, found by other forms, without their accents and inside what is written without spaces; synonyms.

use crate::workspace::Workspace;

/// Pages by the name of their language.
const PAGES: &[(&str, &str)] = &[
    (
        "en",
        "Many runners complain of pain in the lower back after a long training, because their muscles are weak. Doctors advise them to rest.",
    ),
    (
        "de",
        "Viele Läufer klagen nach dem Training über Schmerzen im unteren Rücken, weil ihre Muskeln schwach sind. Die Ärzte raten zu Pausen, und nach den Prüfungen auf der Straße zu Ruhe.",
    ),
    (
        "fr",
        "Les coureurs préférés du public se plaignent souvent de douleurs dans le bas du dos. Au café, l’entraîneur leur recommande des étirements réguliers et du repos.",
    ),
    (
        "es",
        "Los corazones de los corredores laten despacio cuando descansan después de las carreras largas. Una buena alimentación ayuda a los músculos cansados.",
    ),
    (
        "ru",
        "Многие бегуны жалуются на боли в пояснице после долгих тренировок. Врачи советуют им укреплять мышцы спины и больше отдыхать.",
    ),
    (
        "ar",
        "يشتكي كثير من العدائين من آلام أسفل الظهر بعد التدريب الطويل. وينصح الأطباء بتقوية العضلات والراحة بين السباقات.",
    ),
    (
        "tr",
        "Koşucuların çoğu uzun antrenmanlardan sonra bellerindeki ağrıdan yakınır. Doktorlar kasların güçlendirilmesini ve dinlenmeyi önerir.",
    ),
    (
        "el",
        "Πολλοί δρομείς παραπονιούνται για πόνους στη μέση μετά την προπόνηση. Οι γιατροί συνιστούν ξεκούραση στους αθλητές.",
    ),
    (
        "ja",
        "走った後に背中が痛くなる人は少なくありません。東京タワーの近くの整骨院では、ランニングシューズの選び方も教えてくれます。",
    ),
    ("ja-apart", "京東は中国の会社です。背が高い人と中くらいの人がここに並んでいます。"),
    ("zh", "许多跑步者在训练后抱怨下背部疼痛。医生建议他们加强核心肌肉，并在北京的公园里慢跑。"),
    (
        "ko",
        "많은 달리기 선수들이 훈련 후에 허리 통증을 호소한다. 의사들은 학교에서도 근육을 강화하라고 권한다.",
    ),
    ("th", "นักวิ่งหลายคนบ่นว่าปวดหลังหลังจากการฝึกซ้อมที่ยาวนาน แพทย์แนะนำให้เสริมสร้างกล้ามเนื้อ"),
];

fn indexed() -> Workspace {
    let workspace = Workspace::new();
    for (name, text) in PAGES {
        workspace.write(&format!("pages/{name}.txt"), text);
    }
    workspace.ok(&["index", "-q", "pages"]);
    workspace
}

/// Names of the pages that are found.
fn found(workspace: &Workspace, arguments: &[&str]) -> Vec<String> {
    let answer = workspace.query(arguments);
    assert_eq!(answer["advice"]["did_you_mean"], serde_json::Value::Null, "{arguments:?}");
    let hits = answer["hits"].as_array().expect("hits is a list");
    hits.iter()
        .map(|hit| hit["source"].as_str().expect("source is text").trim_end_matches(".txt").to_owned())
        .collect()
}

/// What is marked in the first hit.
fn marked(workspace: &Workspace, arguments: &[&str]) -> Vec<String> {
    let answer = workspace.query(arguments);
    let hit = &answer["hits"][0];
    let text = hit["text"].as_str().expect("text is text");
    let number =
        |value: &serde_json::Value| usize::try_from(value.as_u64().expect("it is a number")).unwrap();
    let marks = hit["highlights"].as_array().expect("highlights is a list");
    marks.iter().map(|mark| text[number(&mark["start"])..number(&mark["end"])].to_owned()).collect()
}

#[test]
fn a_word_is_found_by_its_other_forms_and_without_its_accents() {
    let workspace = indexed();
    for (page, queries) in [
        ("en", &["weakness", "resting"][..]),
        ("de", &["Läufer", "LÄUFER", "laufer", "Schmerz", "Prüfung", "prufung", "strasse", "Straßen"]),
        (
            "fr",
            &[
                "coureur",
                "préférer",
                "preferes",
                "café",
                "cafe",
                "entraîneur",
                "entraineur",
                "étirement",
                "régulière",
                "préferes",
                "regulier",
            ],
        ),
        ("es", &["corazón", "corazon", "corredor", "músculo", "musculo", "alimentaciones"]),
        ("ru", &["боль", "врач", "поясница", "спиной"]),
        ("ar", &["التدريب", "تدريب", "تَدْرِيب", "ظهر"]),
        ("tr", &["koşucu", "kosucularin", "doktor"]),
        ("el", &["πόνος", "πονος", "ΠΌΝΟΙ", "γιατρός"]),
        ("ja", &["背中", "東京", "東京タワー", "タワー", "ランニング", "整骨院", "走った後に背中が痛くなる"]),
        ("zh", &["疼痛", "背部", "背部疼痛", "北京"]),
        ("ko", &["통증", "통증이", "학교", "학교는", "근육을"]),
        ("th", &["ปวดหลัง", "แพทย์", "กล้ามเนื้อ"]),
    ] {
        for &query in queries {
            assert_eq!(found(&workspace, &[query]), [page], "{query}");
            assert!(!marked(&workspace, &[query]).is_empty(), "nothing is marked for {query}");
        }
    }
}

#[test]
fn what_only_looks_alike_is_not_found() {
    let workspace = indexed();
    for query in ["京都", "中国人", "시청", "ปลา", "кошка", "бег", "Kuchenblech", "gâteaux", "γάτα", "كتاب"]
    {
        // Loosened, a word stands for those that begin so.
        let hits = found(&workspace, &["--no-relax", "--no-correct", query]);
        assert!(hits.is_empty() || query == "中国人" && hits == ["ja-apart"], "{query}: {hits:?}");
    }
    assert_eq!(found(&workspace, &["京東"]), ["ja-apart"]);
    // A character by itself is looked for by itself.
    let mut alone = found(&workspace, &["背 -背中"]);
    alone.sort();
    assert_eq!(alone, ["ja-apart", "zh"]);
}

#[test]
fn the_whole_run_is_marked_and_phrases_hold() {
    let workspace = indexed();
    assert_eq!(marked(&workspace, &["東京タワー"]), ["東京タワー"]);
    assert_eq!(marked(&workspace, &["ปวดหลัง"]), ["ปวด", "หลัง", "หลัง"]);
    assert_eq!(marked(&workspace, &["préférées"]), ["préférés"]);
    assert_eq!(found(&workspace, &["\"unteren Rückens\""]), ["de"]);
    assert_eq!(found(&workspace, &["\"東京 タワー\""]), ["ja"]);
    let loose = workspace.query(&["\"Rücken unteren\""]);
    assert_eq!(loose["advice"]["relaxed"], true);
}

#[test]
fn languages_are_told_stored_counted_and_filtered_by() {
    let workspace = indexed();
    workspace
        .write("pages/stated.html", "<html lang=de-AT><title>Wien</title><p>Die Läufer laufen durch Wien.");
    workspace.write(
        "pages/wrong.html",
        "<html lang=en><title>背中</title><p>走った後に背中が痛くなる人は少なくありません。",
    );
    workspace.ok(&["index", "-q", "pages"]);
    let stats: serde_json::Value =
        serde_json::from_str(&workspace.ok(&["stats", "--json"])).expect("it is JSON");
    for (language, sources) in [("de", 1), ("de-at", 1), ("ja", 3), ("en", 1), ("th", 1), ("ru", 1)] {
        assert_eq!(stats["languages"][language], sources, "{language}: {stats}");
    }
    let mut german = found(&workspace, &["--lang", "de", "läufer"]);
    german.sort();
    assert_eq!(german, ["de", "stated.html"]);
    assert_eq!(workspace.query(&["lang:ru", "боль"])["hits"][0]["language"], "ru");
}

#[test]
fn a_stem_of_one_language_finds_no_word_of_another() {
    let workspace = indexed();
    workspace.write(
        "pages/loan.txt",
        "The lauf of a deer is what hunters call its leg, and that is all there is to it by now.",
    );
    workspace.ok(&["index", "-q", "pages"]);
    assert_eq!(found(&workspace, &["Läufer"]), ["de"]);
    assert_eq!(found(&workspace, &["lauf"])[0], "loan");
}

#[test]
fn synonyms_stand_for_what_was_typed() {
    let workspace = Workspace::new();
    workspace.write(
        "pages/typed.txt",
        "A heart attack needs help at once, and this is what everybody should know about it.",
    );
    workspace.write(
        "pages/other.txt",
        "A myocardial infarction needs help at once, and this is what everybody should know.",
    );
    workspace.write(
        "pages/apart.txt",
        "An infarction of the spleen is not myocardial, and this is what a doctor will tell you.",
    );
    workspace.write(
        "pages/tv.txt",
        "The television stands in the corner of the room, and this is where it has always been.",
    );
    workspace.ok(&["index", "-q", "pages"]);
    workspace
        .write("syn.txt", "# what means the same\nheart attack, myocardial infarction\ntv => television\n");
    assert_eq!(found(&workspace, &["heart attack"]), ["typed"]);
    assert_eq!(found(&workspace, &["--synonyms", "syn.txt", "heart attack"]), ["typed", "other"]);
    assert_eq!(
        found(&workspace, &["--synonyms", "syn.txt", "--by", "document", "heart attack"]),
        ["typed", "other"]
    );
    assert_eq!(found(&workspace, &["--synonyms", "syn.txt", "\"heart attack\""]), ["typed"]);
    assert_eq!(found(&workspace, &["--synonyms", "syn.txt", "tv"]), ["tv"]);
    assert_eq!(marked(&workspace, &["--synonyms", "syn.txt", "tv"]), ["television"]);
    assert_eq!(
        marked(&workspace, &["--synonyms", "syn.txt", "heart attack", "--source", "other.txt"]),
        ["myocardial infarction"]
    );
    let explained = workspace.ok(&["query", "--synonyms", "syn.txt", "--explain", "tv"]);
    assert!(explained.contains("television"), "{explained}");
    let by_variable = workspace
        .command(&["query", "--cite", "tv"])
        .env("BACKSEARCH_SYNONYMS", "syn.txt")
        .output()
        .expect("the program can be started");
    assert_eq!(String::from_utf8_lossy(&by_variable.stdout), "tv.txt:1\n");
}

#[test]
fn a_synonyms_file_that_cannot_be_read_is_named_with_its_line() {
    let workspace = Workspace::with_corpus();
    workspace.ok(&["index", "-q"]);
    workspace.write("bad.txt", "pain, ache\na => b => c\n");
    let run = workspace.run(&["query", "--synonyms", "bad.txt", "pain"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("bad.txt:2: there is more than one arrow"), "{}", run.stderr);
    workspace.write("bytes.txt", b"pain, ache\n\xff\n");
    let run = workspace.run(&["query", "--synonyms", "bytes.txt", "pain"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("line 2"), "{}", run.stderr);
    assert_eq!(workspace.run(&["query", "--synonyms", "missing.txt", "pain"]).code, 2);
}
