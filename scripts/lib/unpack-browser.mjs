/**
 * Unpacks the Chromium of the registry package @sparticuz/chromium into the folder that TMPDIR names, with the
 * system libraries that a bare machine lacks (the package unpacks those only where it takes itself to be on Lambda,
 * hence the variable). A process of its own, because the package takes its target from the environment.
 */
process.env.AWS_EXECUTION_ENV = `AWS_Lambda_nodejs${process.versions.node.split('.')[0]}.x`;
const { default: chromium } = await import('@sparticuz/chromium');
process.stdout.write(await chromium.executablePath());
