import { FileStore } from '@api-key-fallback/core';
import { answerQuestions } from './answer-questions.ts';

// A service uses a permanent directory: new FileStore('.api-key-state').
const store = new FileStore(process.env['STATE_DIR'] ?? '');
await answerQuestions(store);
// A key manager does not close a store that it did not create.
await store.close();
