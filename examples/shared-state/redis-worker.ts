import { RedisStore } from '@api-key-fallback/redis';
import { Redis } from 'ioredis';
import { answerQuestions } from './answer-questions.ts';

// The client is a template: the store makes connections of its own, so this one need not be connected.
const client = new Redis(process.env['REDIS_URL'] ?? '', { lazyConnect: true });
const store = new RedisStore(client, { prefix: process.env['REDIS_PREFIX'] ?? 'akf' });
await answerQuestions(store);
// Whoever makes a store closes it.
await store.close();
