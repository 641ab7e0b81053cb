// node phone.mjs URL CAMERA.mjpeg: a Chromium that opens the page, starts the camera and stays
// until it is ended.
import { chromium } from 'playwright-core';

const [url, camera] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox', '--disable-gpu', '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${camera}`,
    '--ignore-certificate-errors', '--allow-loopback-in-peer-connection',
  ],
});
process.on('SIGTERM', () => browser.close());
const context = await browser.newContext({ ignoreHTTPSErrors: true, permissions: ['camera'] });
const page = await context.newPage();
await page.goto(`${url.replace('#', '?codec=h264#')}`);
await page.click('#start');
