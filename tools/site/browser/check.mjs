// Looks at the built site in a real browser, as its readers do.
//
//     node check.mjs SITE BROWSER
//
// SITE is the folder, BROWSER the path of a Chromium. It prints one line for each thing
// that is wrong, and ends with status 1 if there is any.

import { createServer } from "node:http"
import { readFile, readdir } from "node:fs/promises"
import { createRequire } from "node:module"
import { extname, join, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { chromium } from "playwright-core"

const [site, browserPath] = [resolve(process.argv[2]), process.argv[3]]
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core"), "utf8")

const WIDTHS = [1280, 360]
const SCHEMES = ["light", "dark"]
const AT_ONCE = 3

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css",
  ".js": "text/javascript",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
}

const problems = []
const wrong = (where, what) => problems.push(`${where}: ${what}`)

// The site over http, at a port that the system chooses.
const server = createServer(async (request, response) => {
  const path = decodeURIComponent(new URL(request.url, "http://x").pathname)
  try {
    const body = await readFile(join(site, path.endsWith("/") ? path + "index.html" : path))
    response.setHeader("content-type", TYPES[extname(path)] ?? "text/html; charset=utf-8")
    response.end(body)
  } catch {
    response.statusCode = 404
    response.end()
  }
})
await new Promise(listening => server.listen(0, "127.0.0.1", listening))
const http = `http://127.0.0.1:${server.address().port}/`
const file = pathToFileURL(site).href + "/"

const pages = []
for (const folder of ["", "en/"]) {
  for (const name of await readdir(join(site, folder))) {
    if (name.endsWith(".html") && name !== "404.html") pages.push(folder + name)
  }
}

const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox", "--disable-gpu"] })

/** A page that tells of requests to others, of missing files and of its own errors. */
async function open(base, path, options) {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  page.on("request", request => {
    const url = request.url()
    if (!url.startsWith(base) && !/^(data|blob|about):/.test(url)) {
      wrong(path, `asks somebody else for something: ${url}`)
    }
  })
  page.on("response", response => {
    if (response.status() >= 400) wrong(path, `is missing: ${response.url()}`)
  })
  page.on("requestfailed", request => wrong(path, `cannot be had: ${request.url()}`))
  page.on("pageerror", error => wrong(path, `its script fails: ${error.message}`))
  await page.goto(base + path)
  return page
}

/** Axe's violations, in both schemes and both widths; nothing wider than the page. */
async function checkPage(path) {
  for (const width of WIDTHS) {
    const page = await open(http, path, { viewport: { width, height: 900 } })
    await page.addScriptTag({ content: axe })
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" })
      await page.evaluate(scheme => {
        document.body.setAttribute("data-md-color-scheme", scheme)
        // Folded parts are read too.
        for (const details of document.querySelectorAll("details")) details.open = true
      }, colorScheme === "dark" ? "slate" : "default")
      // What passes is not told of: to tell it takes twice as long as to look.
      const violations = await page.evaluate(async () => {
        const { violations } = await axe.run({ resultTypes: ["violations"] })
        return violations.map(({ id, nodes }) => [id, nodes.length, nodes[0].html])
      })
      for (const [id, times, first] of violations) {
        const where = `${colorScheme}, ${width} px`
        wrong(path, `${id} (${where}), ${times} times: ${first.slice(0, 120)}`)
      }
    }
    const scrolls = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    if (scrolls > 0) wrong(path, `is ${scrolls} px wider than a page of ${width} px`)
    await page.context().close()
  }
}

/** The search finds a word without its accents. */
async function checkSearch(base, path) {
  const where = `${base.split(":")[0]}, ${path}`
  const page = await open(base, path, { viewport: { width: 1280, height: 900 } })
  const [asked, found] = path.startsWith("en/") ? ["thread", /thread/i] : ["socol", /sòcol/i]
  await page.click(".md-search__input")
  await page.keyboard.type(asked, { delay: 50 })
  try {
    await page.waitForSelector(".md-search-result__item a", { timeout: 15000 })
    const text = await page.textContent(".md-search-result__list")
    if (!found.test(text)) wrong(where, `the search for «${asked}» finds no ${found}`)
  } catch {
    wrong(where, `the search for «${asked}» finds nothing`)
  }
  await page.context().close()
}

/** A replay goes on and back with the arrow keys, and tells of each step. */
async function checkReplays(path) {
  const page = await open(http, path, { viewport: { width: 1280, height: 900 } })
  const replays = await page.locator(".replay").all()
  for (const [index, replay] of replays.entries()) {
    const told = replay.locator("[aria-live]")
    const steps = await replay.locator(".replay-words li").allTextContents()
    await replay.locator("button").first().focus()
    const heard = []
    for (const key of ["Home", "ArrowRight", "ArrowLeft", "End"]) {
      await page.keyboard.press(key)
      heard.push(await told.textContent())
    }
    const expected = [steps[0], steps[1], steps[0], steps.at(-1)]
    if (heard.join("|") !== expected.join("|")) {
      wrong(path, `replay ${index + 1} does not go as the keys say: ${heard.join(" | ")}`)
    }
  }
  await page.context().close()
  return replays.length
}

const waiting = [...pages]
const workers = Array.from({ length: AT_ONCE }, async () => {
  for (let path; (path = waiting.shift()); ) await checkPage(path)
})
await Promise.all(workers)

let replays = 0
for (const path of pages) {
  const text = await readFile(join(site, path), "utf8")
  if (text.includes("replay-words")) replays += await checkReplays(path)
}
if (!replays) wrong("site", "there is no replay to try")

for (const base of [http, file]) {
  for (const path of ["index.html", "en/index.html"]) await checkSearch(base, path)
}

await browser.close()
server.close()
for (const problem of problems) console.log(problem)
console.log(`${pages.length} pages, ${replays} replays, ${problems.length} problems`)
process.exit(problems.length ? 1 : 0)
