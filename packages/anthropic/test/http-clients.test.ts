import { recordedResponses } from '@api-key-fallback/testing';
import { describeHttpClients } from '../../../test-support/describe-http-clients.ts';
import { anthropicAdapter } from '../src/index.ts';

const recorded = recordedResponses.filter(({ provider }) => provider === 'anthropic');

describeHttpClients(anthropicAdapter, recorded);
