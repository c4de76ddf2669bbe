import { z } from 'zod';
import { brokersProblems, registryProblems } from '../checks/kafka.ts';
import { any, atMostOne, given, has, holdsOneOf, not, ruled } from '../rules.ts';
import { block, text } from './block.ts';
import { inlineSecret, secretFields } from './secrets.ts';

export const kafka = ruled(
  block({
    kafkaBrokers: text(4096, brokersProblems).describe(
      'Brokers, separated by commas, e.g. kafka-0:9092,kafka-1:9092.',
    ),
    kafkaTopic: text(249).describe('Topic to read or write.'),
    schemaRegistryURL: text(2048, registryProblems)
      .optional()
      .describe('URL of a Confluent compatible schema registry with its port, e.g. http://registry:8081.'),
    schemaRegistryUrl: text(2048, registryProblems)
      .optional()
      .describe('Other spelling of schemaRegistryURL.'),
    securityProtocol: z
      .enum(['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'])
      .optional()
      .describe('How to connect to the brokers. Default: SASL_SSL.'),
    saslMechanism: text(255)
      .optional()
      .describe('PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512. Default: SCRAM-SHA-512.'),
    user: z.string().max(1024).optional().describe('User to log in with.'),
    password: inlineSecret('Password of the user.'),
    sslTruststore: z
      .string()
      .max(1_048_576)
      .optional()
      .describe('Certificates to trust, in base64: PEM, PKCS12 or JKS.'),
    sslTruststoreSecret: text(253).optional().describe('Kubernetes secret that holds the truststore.'),
    sslTruststoreLocation: text(4096).optional().describe('Path of the truststore file in the worker.'),
    sslTruststorePassword: inlineSecret('Password of the truststore.'),
    keyDeserializer: text(1024).optional().describe('Class name of the deserializer of keys.'),
    valueDeserializer: text(1024).optional().describe('Class name of the deserializer of values.'),
    createSnapshot: z
      .boolean()
      .optional()
      .describe(
        'Keep only the last value of every key. Same as readDataType ChangeData with writeDataType LogData.',
      ),
    dataFormat: text(64).optional().describe('Format of the records: avro, json or raw.'),
    ...secretFields,
  }),
  [
    {
      condition: any(not(given('dataFormat')), holdsOneOf('dataFormat', ['avro', 'json', 'raw'])),
      message: "Currently only 'avro' and 'json' are supported as Kafka dataFormat!",
      field: 'dataFormat',
    },
    { condition: any(not(given('password')), not(has('vault'))), message: 'Can only set vault or password!' },
    {
      condition: atMostOne(has('schemaRegistryURL'), has('schemaRegistryUrl')),
      message: 'schemaRegistryURL and schemaRegistryUrl are two spellings of the same field: set one of them',
    },
  ],
).describe('Topic of an Apache Kafka cluster. Not supported yet.');
