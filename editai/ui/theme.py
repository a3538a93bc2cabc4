"""How the page looks: one accent colour, fonts that come along with Gradio, light and dark."""

from __future__ import annotations

import gradio as gr
from gradio.themes.utils import colors, fonts

PINE = colors.Color(
    name="pine",
    c50="#effaf6",
    c100="#d7f2e8",
    c200="#b1e4d3",
    c300="#7dcfb7",
    c400="#47b497",
    c500="#23967a",
    c600="#147863",
    c700="#106051",
    c800="#104d42",
    c900="#0f4038",
    c950="#062420",
)


def theme() -> gr.themes.Base:
    """The theme; no font of it is fetched from anywhere."""
    return gr.themes.Base(
        primary_hue=PINE,
        secondary_hue=PINE,
        neutral_hue=colors.stone,
        radius_size=gr.themes.sizes.radius_lg,
        # Gradio's semi-bold cut of this font lacks letters, so bold is the only other weight.
        font=(fonts.LocalFont("IBM Plex Sans", weights=(400, 700)), "system-ui", "sans-serif"),
        font_mono=(fonts.LocalFont("IBM Plex Mono", weights=(400, 600)), "ui-monospace", "monospace"),
    ).set(
        body_background_fill="#f7f6f3",
        body_background_fill_dark="#131312",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_400",
        block_background_fill="white",
        block_background_fill_dark="#1c1c1a",
        block_border_color="#e6e3dd",
        block_border_color_dark="#32312e",
        block_label_background_fill="transparent",
        block_label_background_fill_dark="transparent",
        block_label_border_width="0px",
        block_label_text_color="*neutral_600",
        block_label_text_color_dark="*neutral_300",
        block_label_text_weight="700",
        block_title_text_color="*neutral_700",
        block_title_text_color_dark="*neutral_200",
        block_title_text_weight="700",
        block_title_background_fill="transparent",
        block_title_background_fill_dark="transparent",
        block_shadow="0 1px 2px rgb(40 35 25 / .04)",
        input_background_fill="white",
        input_background_fill_dark="#232321",
        input_border_color="#d9d5cd",
        input_border_color_dark="#3b3a36",
        input_border_width="1px",
        checkbox_border_color="#8f8a80",
        checkbox_border_color_dark="#8f8a80",
        input_placeholder_color="*neutral_500",
        input_placeholder_color_dark="*neutral_400",
        input_shadow_focus="0 0 0 3px *primary_100",
        input_shadow_focus_dark="0 0 0 3px *primary_900",
        input_border_color_focus="*primary_500",
        input_border_color_focus_dark="*primary_500",
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_dark="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        button_primary_background_fill_hover_dark="*primary_500",
        button_primary_text_color="white",
        button_primary_text_color_dark="white",
        button_secondary_background_fill="white",
        button_secondary_background_fill_dark="#2a2927",
        button_secondary_background_fill_hover="*neutral_100",
        button_secondary_background_fill_hover_dark="#35342f",
        button_secondary_border_color="#d9d5cd",
        button_secondary_border_color_dark="#45433e",
        button_border_width="1px",
        button_large_text_weight="700",
        color_accent_soft="*primary_50",
        color_accent_soft_dark="*primary_950",
        link_text_color="*primary_700",
        link_text_color_dark="*primary_300",
    )
