// What this television keeps: its keys and its tokens, in IndexedDB, where a key pair can lie that nobody can read.

const STORE = "kept";

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function database() {
  const opening = indexedDB.open("linden-screen", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  return asked(opening);
}

async function within(mode, what) {
  const kept = await database();
  try {
    const transaction = kept.transaction(STORE, mode);
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    const result = await asked(what(transaction.objectStore(STORE)));
    await done;
    return result;
  } finally {
    kept.close();
  }
}

/** What is kept under a name, if anything is. */
export const read = (name) => within("readonly", (store) => store.get(name));
/** Keeps something. */
export const keep = (name, value) => within("readwrite", (store) => store.put(value, name));
/** Throws it away. */
export const forget = (name) => within("readwrite", (store) => store.delete(name));
/** Takes a turn: two tabs must not refresh at the same time, since a refresh token is good once. */
export const inTurn = (what) => navigator.locks.request("linden-screen", what);
