//! Room for documents on their way into the index, which bounds the memory of those that wait.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use tantivy::TantivyDocument;
use tantivy::schema::{Document, Value};

/// How long a document waits for room while none is made. Then it goes on, so that an indexing thread that has died is
/// reported by Tantivy and waited for by nobody.
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// What a document takes beside its texts, in bytes: numbers, and where each field stands.
const OF_EACH: usize = 256;

/// Room for so many bytes of documents. Tantivy's own queue holds ten thousand of any size.
pub(super) struct Room {
    size: usize,
    taken: Mutex<usize>,
    made: Condvar,
}

/// A document that takes up room until it is indexed. It is a pointer, since with every commit Tantivy makes a new queue
/// with places for forty thousand.
pub(super) struct Held(Box<Holding>);

struct Holding {
    document: TantivyDocument,
    bytes: usize,
    room: Arc<Room>,
}

impl Room {
    /// Room for `size` bytes.
    pub(super) fn new(size: usize) -> Arc<Self> {
        Arc::new(Self { size, taken: Mutex::new(0), made: Condvar::new() })
    }

    /// Gives room to a document. Where there is none, waits until half of it is free, so that threads do not wake each
    /// other for every document; a document larger than all of it waits for no more than that.
    pub(super) fn hold(self: &Arc<Self>, document: TantivyDocument) -> Held {
        let bytes = bytes_of(&document);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if *taken + bytes > self.size {
            let full = |taken: &mut usize| *taken > self.size / 2;
            let waited = self.made.wait_timeout_while(taken, LONGEST_WAIT, full);
            taken = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        *taken += bytes;
        Held(Box::new(Holding { document, bytes, room: Arc::clone(self) }))
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        let mut taken = self.room.taken.lock().unwrap_or_else(PoisonError::into_inner);
        *taken = taken.saturating_sub(self.bytes);
        if *taken <= self.room.size / 2 {
            self.room.made.notify_one();
        }
    }
}

impl Document for Held {
    type Value<'a> = <TantivyDocument as Document>::Value<'a>;
    type FieldsValuesIter<'a> = <TantivyDocument as Document>::FieldsValuesIter<'a>;

    fn iter_fields_and_values(&self) -> Self::FieldsValuesIter<'_> {
        self.0.document.iter_fields_and_values()
    }
}

/// What a document takes, in bytes.
fn bytes_of(document: &TantivyDocument) -> usize {
    let texts = document
        .iter_fields_and_values()
        .map(|(_, value)| value.as_str().map_or_else(|| value.as_bytes().map_or(0, <[u8]>::len), str::len));
    OF_EACH + texts.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tantivy::schema::Field;

    use super::*;

    fn document(len: usize) -> TantivyDocument {
        let mut document = TantivyDocument::new();
        document.add_text(Field::from_field_id(0), "x".repeat(len));
        document.add_bytes(Field::from_field_id(1), &vec![0; len]);
        document
    }

    #[test]
    fn a_document_waits_until_half_of_the_room_is_free() {
        let room = Room::new(10 * (1000 + OF_EACH));
        let held: Vec<Held> = (0..10).map(|_| room.hold(document(500))).collect();
        let freed = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for document in held {
                    freed.fetch_add(1, Ordering::SeqCst);
                    drop(document);
                }
            });
            let last = room.hold(document(500));
            assert!(freed.load(Ordering::SeqCst) >= 5);
            assert_eq!(last.iter_fields_and_values().count(), 2);
        });
        assert_eq!(*room.taken.lock().expect("no thread has failed"), 0);
    }

    #[test]
    fn a_document_larger_than_all_room_passes() {
        let room = Room::new(100);
        let held = room.hold(document(5000));
        assert_eq!(held.0.bytes, 10_000 + OF_EACH);
    }
}
