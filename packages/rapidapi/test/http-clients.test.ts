import { recordedResponses } from '@api-key-fallback/testing';
import { describeHttpClients } from '../../../test-support/describe-http-clients.ts';
import { rapidApiAdapter } from '../src/index.ts';

const recorded = recordedResponses.filter(({ provider }) => provider === 'rapidapi');

describeHttpClients(rapidApiAdapter, recorded, 'weather.p.rapidapi.com');
