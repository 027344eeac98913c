//! Buttons glued to the end of a comment: "`ReplyDelete`", "?Reply 0 - Replies".

use crate::boilerplate::affixes::Endings;
use crate::boilerplate::{Check, Gate, Line, Page, Rule};
use crate::span::TextSpan;

pub(super) static RULE: Rule = Rule {
    name: "reply-residue",
    version: 2,
    reason: "it is the buttons under a comment, glued to its end",
    examples: &[
        ("en", "my daughter is allergic to egg⟦?Reply 0 - Replies⟧"),
        ("en", "I love this garden.⟦ReplyDelete⟧"),
        ("de", "Toller Beitrag!⟦AntwortenLöschen⟧"),
        ("hu", "Jó ötlet.⟦VálaszTörlés⟧"),
    ],
    counter_examples: &[
        ("en", "I am waiting for your Reply"),
        ("en", "He did not Reply."),
        ("en", "Please Reply 0 times"),
        ("de", "Ich warte noch auf Ihre Antwort"),
    ],
    check: Check::Within(Gate::OPEN, check),
};

/// Endings, longest first so that the whole residue is taken.
static ENDINGS: Endings<47> = Endings::new([
    "ReplyDeleteRepliesReply",
    "ReplyDeleteReplies",
    "ReplyDelete",
    "Reply Delete",
    "RepliesReply",
    "LikeReply",
    "LikeLike",
    "Like · Reply",
    "Like Reply",
    "Reply Share",
    "ReplyReport",
    "Report Reply",
    "ReplyQuote",
    "AntwortenLöschen",
    "RépondreSupprimer",
    "ResponderEliminar",
    "ResponderExcluir",
    "ResponderBorrar",
    "RispondiElimina",
    "BeantwoordenVerwijderen",
    "OdpowiedzUsuń",
    "SvaraRadera",
    "ОтветитьУдалить",
    "BalasHapus",
    "YanıtlaSil",
    "返信削除",
    "回覆刪除",
    "回复删除",
    "Upvote Reply",
    "Reply to this comment",
    "SvarSlet",
    "SvarSlett",
    "VastaaPoista",
    "OdpovědětVymazat",
    "ВідповістиВидалити",
    "Trả lờiXóa",
    "답글삭제",
    "ردحذف",
    "השבמחק",
    "VálaszTörlés",
    "RăspundețiȘtergere",
    "ΑπάντησηΔιαγραφή",
    "जवाब देंहटाएं",
    "ตอบลบ",
    "SvaraEyða",
    "ОтговорИзтриване",
    "OdgovoriIzbriši",
]);

fn check(_: &Page<'_>, line: &Line<'_>, found: &mut Vec<TextSpan>) {
    let text = line.text;
    if let Some(ending) = ENDINGS.find(text) {
        found.push(line.span_of(text.len() - ending.len()..text.len()));
        return;
    }
    // "?Reply 0 - Replies": the count of answers, glued to the text.
    if let Some(stem) = text.strip_suffix("Replies")
        && let Some(at) = stem.rfind("Reply")
        && stem[at + 5..].trim().trim_end_matches(['-', ' ']).bytes().all(|byte| byte.is_ascii_digit())
    {
        let start = if stem[..at].ends_with('?') { at - 1 } else { at };
        found.push(line.span_of(start..text.len()));
    }
}
