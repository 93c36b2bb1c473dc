// A browser makes no worker from a file: the search's runs in a hidden frame instead,
// when the site is opened from a folder (a USB stick).
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super()
      const frame = document.createElement("iframe")
      frame.hidden = true
      frame.title = ""
      document.body.append(frame)
      this.inside = frame.contentWindow
      this.loaded = new Promise(loaded => {
        this.inside.document.open()
        this.inside.postMessage = data => this.hear(data)
        this.inside.ready = loaded
        this.inside.document.write(`<script src="${url}" onload="ready()"></scr` + `ipt>`)
        this.inside.document.close()
      })
    }

    hear(data) {
      const event = new MessageEvent("message", { data })
      this.dispatchEvent(event)
      this.onmessage?.(event)
    }

    postMessage(data) {
      this.loaded.then(() => {
        this.inside.dispatchEvent(new this.inside.MessageEvent("message", { data }))
      })
    }
  }
}
