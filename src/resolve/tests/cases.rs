//! The known cases.

use super::table;

#[test]
fn look() {
    for case in [
        "target { device \"jetson-agx-orin\"; l4t \"35.2\" }\npackages { pytorch; torchvision }",
        "target { device \"jetson-agx-orin\"; l4t \"35.2\" }\npin { pytorch \"2.0\" }\npackages { pytorch; torchvision }",
        "target { device \"jetson-agx-orin\"; l4t \"36.2\" }\npin { cuda \"12.4\"; python \"3.8\" }\npackages { pytorch; torchvision }",
        "target { device \"jetson-agx-orin\"; l4t \"36.2\" }\npin { cuda \"11.4\"; python \"3.10\" }\npackages { pytorch; torchvision }",
        "target { device \"jetson-agx-orin\"; l4t \"36.2\" }\npin { cuda \"12.4\"; python \"3.10\" }\npackages { pytorch; torchvision }",
        "target { device \"jetson-agx-orin\"; l4t \"36.2\" }\npin { cuda \"12.4\"; python \"3.10\" }\npackages { pytorch \"2.5\"; torchvision }",
        "target { device \"jetson-agx-orin\"; jetpack \"6.0\" }\npin { cuda \"12.4\"; python \"3.10\" }\npackages { pytorch \"2.5\"; torchvision }",
        "target { device \"jetson-agx-orin\"; jetpack \"6.0\" }\npin { tensorrt \"10.3\" }\npackages { tensorrt }",
        "target { device \"jetson-agx-orin\"; jetpack \"6.0\" }\npin { cuda \"12.6\" }\npackages { tensorrt; pytorch }",
        "target { platform \"x86_64\"; gpu \"8.9\" }\npackages { pytorch; torchvision; torchaudio }",
        "target { platform \"x86_64\"; gpu \"8.9\"; driver \">=550\" }\npin { cuda \"13.0\" }\npackages { pytorch; torchvision }",
        "target { device \"jetson-agx-orin\"; jetpack \"6.2\" }\npackages { ros \"humble\" variant=\"desktop\"; vtk \"9.3\"; pcl; cupcl }",
    ] {
        println!("=== {case}\n{}", table(case));
    }
}
