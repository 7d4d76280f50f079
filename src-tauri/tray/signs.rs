//! What the icon says, and the picture of it that each system wants.

#[cfg(any(windows, test))]
mod smaller;

use tauri::{AppHandle, image::Image, include_image};

/// What the icon says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// All is well, and nothing runs.
    Serving,
    Running,
    /// Something waits for the person.
    Waiting,
    /// A run failed, and nobody has looked.
    Failed,
    /// It rests.
    Paused,
    /// It serves, but nothing stands behind it.
    Off,
    /// The person is needed.
    Attention,
}

/// The picture to show.
pub fn picture(app: &AppHandle, sign: Sign) -> Image<'static> {
    let drawn = drawn(sign);
    #[cfg(windows)]
    let drawn = fitted(app, drawn);
    #[cfg(not(windows))]
    let _ = app;
    drawn
}

/// In colour, on a disc that a dark and a light panel both carry.
#[cfg(not(target_os = "macos"))]
fn drawn(sign: Sign) -> Image<'static> {
    match sign {
        Sign::Serving => include_image!("icons/tray/serving.png"),
        Sign::Running => include_image!("icons/tray/running.png"),
        Sign::Waiting => include_image!("icons/tray/waiting.png"),
        Sign::Paused => include_image!("icons/tray/paused.png"),
        Sign::Off => include_image!("icons/tray/off.png"),
        Sign::Failed | Sign::Attention => include_image!("icons/tray/failed.png"),
    }
}

/// As templates: the menu bar takes their shape alone.
#[cfg(target_os = "macos")]
fn drawn(sign: Sign) -> Image<'static> {
    match sign {
        Sign::Serving => include_image!("icons/tray/template/serving.png"),
        Sign::Running => include_image!("icons/tray/template/running.png"),
        Sign::Waiting => include_image!("icons/tray/template/waiting.png"),
        Sign::Paused => include_image!("icons/tray/template/paused.png"),
        Sign::Off => include_image!("icons/tray/template/off.png"),
        Sign::Failed | Sign::Attention => include_image!("icons/tray/template/failed.png"),
    }
}

/// In the size that the taskbar has on the display it is on: Windows leaves pixels out where it has to make an icon smaller.
#[cfg(windows)]
fn fitted(app: &AppHandle, drawn: Image<'static>) -> Image<'static> {
    /// Of a tray's icon at 100 %.
    const SIDE: f64 = 16.0;

    let display = app.primary_monitor().ok().flatten();
    let side = (SIDE * display.map_or(1.0, |display| display.scale_factor())).round() as u32;
    if side == 0 || side >= drawn.width() {
        return drawn;
    }
    let pixels = smaller::smaller(drawn.rgba(), drawn.width() as usize, side as usize);
    Image::new_owned(pixels, side, side)
}
