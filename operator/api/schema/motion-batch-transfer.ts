import { MOTION_MAX_FAILED_RETRIES } from '../default-values.ts';
import { batchTransferSpec } from './batch-transfer.ts';

const { maxFailedRetries } = batchTransferSpec.shape;

/** The BatchTransfer of motion.fybrik.io: that of fybrik.io but for one default. Rules are kept, what CEL says of them, too. */
export const motionBatchTransferSpec = batchTransferSpec
  .safeExtend({
    maxFailedRetries: maxFailedRetries
      .removeDefault()
      .default(MOTION_MAX_FAILED_RETRIES)
      .describe(
        `How often a failed run is tried again before it is FAILED, 0 to 10. Default: ${MOTION_MAX_FAILED_RETRIES}.`,
      ),
  })
  .meta(batchTransferSpec.meta() ?? {});
