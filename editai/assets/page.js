// What Gradio's parts do not tell a screen reader: which language is spoken, that a section is folded, and what the
// calendar's button does. WORDS are by language, and filled in when the page is built. What belongs to a store that is
// not the chosen one is hidden. And the browser is spared Gradio's search for what has no progress to show.
() => {
  const WORDS = {}
  const [language] = navigator.language.split("-")
  document.documentElement.lang = language in WORDS ? language : "en"
  const said = text => WORDS[document.documentElement.lang]?.[text] ?? text
  const tell = () => {
    for (const section of document.querySelectorAll("button.label-wrap"))
      section.setAttribute("aria-expanded", String(section.classList.contains("open")))
    for (const button of document.querySelectorAll("button.calendar:not([aria-label])"))
      button.setAttribute("aria-label", said("Choose a day"))
    // What a browser that is behind still gets of the store that was chosen before is not to be seen in this one.
    const chosen = document.querySelector("#mark [data-store]")?.dataset.store
    for (const part of document.querySelectorAll("[data-store]"))
      part.classList.toggle("elsewhere", Boolean(chosen) && part.dataset.store !== chosen)
  }
  let asked = 0
  const soon = () => { asked ||= requestAnimationFrame(() => { asked = 0; tell() }) }
  const attributeFilter = ["class", "data-store"]
  new MutationObserver(soon).observe(document.body, { subtree: true, childList: true, attributeFilter })
  tell()
  // Gradio opens a list to choose from at any key, and does so a moment after Tab has left it.
  window.addEventListener("keydown", pressed => {
    if (pressed.key === "Tab" && pressed.target.matches?.("input[role=combobox]")) pressed.stopPropagation()
  }, true)
  // Gradio's front end puts every input of an event that has ended among the parts whose progress may have to be shown,
  // and searches the whole page for each of them with each step of any event. Inputs show none.
  const bundle = performance.getEntriesByType("resource").find(each => /statustracker-.*\.js$/.test(each.name))
  if (bundle) import(bundle.name).then(parts => {
    const status = Object.values(parts).find(part => part?.LoadingStatus)?.LoadingStatus.prototype
    const all = status?.resolve_args
    if (all) status.resolve_args = function (event) { return all.call(this, event).filter(part => part.type !== "input") }
  })
}
