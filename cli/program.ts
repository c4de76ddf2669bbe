/** How the user calls this program: `ddc`, or `kubectl ddc` as a plugin of kubectl (cli/ddc.mjs). */
export const PROGRAM = process.env['DDC_CALLED_AS'] ?? 'ddc';
