use backsearch::*;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    for p in &a[2..] {
        let r = record::Record { bytes: std::fs::read(p).unwrap(), ..Default::default() };
        let d = document::parse(&r);
        let l = boilerplate::label(&d, &boilerplate::Repetition::none());
        let id = std::path::Path::new(p).file_stem().unwrap().to_str().unwrap();
        let mut o = String::new();
        for x in l.ranges() { for s in d.map.to_original(x.span) {
            if x.dropped.is_none() { o += &format!("{{\"start\":{},\"end\":{}}}\n", s.start, s.end); }
            else if a[1].ends_with("-x") { eprintln!("{id} {} {:?}", x.dropped.as_ref().unwrap().rule, &d.text[x.span.range()]); }
        }}
        std::fs::write(format!("{}/{id}.jsonl", a[1]), o).unwrap();
    }
}
