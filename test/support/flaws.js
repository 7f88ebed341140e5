// What is wrong with a page as it stands in the browser's window: text that runs out of its place, or that is hard to read.
// It runs in the page, so it is plain JavaScript with nothing from elsewhere.
(() => {
  const flaws = [];
  const colour = (text) => {
    const [red = 0, green = 0, blue = 0, alpha = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
    return [red, green, blue, alpha];
  };
  // WCAG 2.2, relative luminance and contrast ratio.
  const luminance = ([red, green, blue]) => {
    const [r = 0, g = 0, b = 0] = [red, green, blue].map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const groundOf = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const ground = colour(getComputedStyle(at).backgroundColor);
      if (ground[3] === 1) return ground;
    }
    return matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18, 1] : [255, 255, 255, 1];
  };
  if (document.documentElement.scrollWidth > window.innerWidth)
    flaws.push(`the page is ${document.documentElement.scrollWidth} wide in a window of ${window.innerWidth}`);
  for (const element of document.body.querySelectorAll("*")) {
    const { left, right, width } = element.getBoundingClientRect();
    const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim());
    if (!own || width <= 1) continue;
    const name = `${element.tagName.toLowerCase()} «${element.textContent?.trim().slice(0, 30)}»`;
    if (right > window.innerWidth + 0.5 || left < 0) flaws.push(`${name} stands out of the window`);
    if (element.matches(".mark, th") && element.getBoundingClientRect().height > 40) flaws.push(`${name} is broken up`);
    if (element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0) flaws.push(`${name} runs over`);
    const [light = 0, dark = 0] = [colour(getComputedStyle(element).color), groundOf(element)]
      .map(luminance)
      .sort((a, b) => b - a);
    const contrast = (light + 0.05) / (dark + 0.05);
    if (contrast < 4.5) flaws.push(`${name} has a contrast of ${contrast.toFixed(1)}`);
  }
  return flaws;
})();
