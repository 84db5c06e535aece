/**
 * @module
 * VitePress's default theme, with the style of wide tables.
 */
import DefaultTheme from "vitepress/theme";
import "./style.css";

export default DefaultTheme;
